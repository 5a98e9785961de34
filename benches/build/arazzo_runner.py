"""Runs the workflow with Jentic's arazzo-runner, and prints the processor time of the process in nanoseconds."""

import sys

from arazzo_runner import ArazzoRunner

runner = ArazzoRunner.from_arazzo_path(sys.argv[1])
inputs = {"email": "sandbox@stytch.com", "totp_code": "576114", "session_duration_minutes": 60}
for _ in range(int(sys.argv[2])):
    result = runner.execute_workflow("totp-enrollment", inputs)
    assert result.outputs["sessionToken"].startswith("mZAYn5aLEqKU"), result
print(open("/proc/self/schedstat").read().split()[0])
