use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// A program that ends with the test. If the test fails, the end of the program's output is shown.
pub struct Process {
    child: Child,
    output: PathBuf,
}

impl Process {
    /// Starts the program without the environment of the test, and writes its output to this file.
    pub fn start(program: impl AsRef<Path>, output: PathBuf, settle: impl FnOnce(&mut Command)) -> Self {
        let file = File::create(&output).unwrap();
        let mut command = Command::new(program.as_ref());
        command.env_clear().stdout(file.try_clone().unwrap()).stderr(file);
        settle(&mut command);
        let child = command.spawn().unwrap();
        Self { child, output }
    }

    /// The complete lines of the output so far.
    pub fn lines(&mut self) -> Vec<String> {
        let ended = self.child.try_wait().unwrap();
        let text = fs::read_to_string(&self.output).unwrap();
        assert!(ended.is_none(), "{ended:?}\n{text}");
        text.split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .map(|line| line.trim_end().to_owned())
            .collect()
    }

    /// Ends the program by SIGTERM, and waits until it has written everything.
    pub fn stop(&mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        self.child.wait().unwrap();
    }

    /// Ends the program by SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let text = fs::read_to_string(&self.output).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            let tail = lines.get(lines.len().saturating_sub(20)..).unwrap_or_default();
            eprintln!("{}:\n{}", self.output.display(), tail.join("\n"));
        }
    }
}
