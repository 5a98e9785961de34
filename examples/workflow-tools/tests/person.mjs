// An assistant with a person, on the reference SDK: `node person.mjs stdio PROGRAM` or `node person.mjs http URL`.
// `MCP_SDK` is the directory in which the SDK is installed.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';

const sdk = join(process.env.MCP_SDK, 'node_modules/@modelcontextprotocol/sdk/dist/esm');
const { Client } = await import(join(sdk, 'client/index.js'));
const { StdioClientTransport } = await import(join(sdk, 'client/stdio.js'));
const { StreamableHTTPClientTransport } = await import(join(sdk, 'client/streamableHttp.js'));
const { ElicitRequestSchema } = await import(join(sdk, 'types.js'));

const [, , kind, target] = process.argv;
const transport = () =>
    kind === 'stdio'
        ? new StdioClientTransport({ command: target, stderr: 'ignore' })
        : new StreamableHTTPClientTransport(new URL(target));

// The code of an authenticator app (RFC 6238 with SHA-1, 30 seconds, 6 digits; RFC 4648 for the secret).
function code(secret) {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const bits = [...secret.replace(/=+$/, '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
    const hash = createHmac('sha1', key).update(counter).digest();
    const number = hash.readUInt32BE(hash[19] & 0xf) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, '0');
}

// Connects a client whose person answers as `answer` says; returns the client and the questions.
async function assistant(answer) {
    const capabilities = answer ? { elicitation: { form: {} } } : {};
    const client = new Client({ name: 'person', version: '1.0.0' }, { capabilities });
    const questions = [];
    if (answer) {
        client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
            questions.push(params);
            return answer(params, questions.length);
        });
    }
    await client.connect(transport());
    return { client, questions };
}

const secret = (message) => message.match(/^secret: (\S+)$/m)[1];
const accept = (totp_code) => ({ action: 'accept', content: { totp_code } });
const text = (result) => result.content.map((block) => block.text).join('\n');

{
    // The first answer is a mistake; the second is read off the app.
    const { client, questions } = await assistant(({ message }, count) =>
        accept(count === 1 ? 'no code' : code(secret(message))),
    );
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map((tool) => tool.name).sort(), ['totp-enrollment', 'totp-sign-in']);
    const enrollment = tools.find((tool) => tool.name === 'totp-enrollment');
    assert.match(enrollment.description, /^Create a user, generate a TOTP secret, and authenticate the first code\./);
    assert.deepEqual(enrollment.inputSchema.required, ['email']);
    assert.equal(enrollment.inputSchema.properties.session_duration_minutes.type, 'integer');
    assert.equal(enrollment.outputSchema.properties.sessionToken.type, 'string');
    const signIn = tools.find((tool) => tool.name === 'totp-sign-in');
    assert.deepEqual(signIn.inputSchema.required, ['user_id', 'totp_code']);

    // The SDK checks the result against `outputSchema`.
    const enrolled = await client.callTool({ name: 'totp-enrollment', arguments: { email: 'ada@example.com' } });
    assert.ok(!enrolled.isError, text(enrolled));
    assert.deepEqual(Object.keys(enrolled.structuredContent).sort(), ['sessionToken', 'totpId', 'userId']);
    assert.deepEqual(JSON.parse(text(enrolled)), enrolled.structuredContent);

    assert.equal(questions.length, 2);
    const [first, second] = questions;
    assert.match(first.message, /^totp-enrollment needs totp_code\./);
    assert.ok(first.message.includes(`userId: ${enrolled.structuredContent.userId}`), first.message);
    assert.deepEqual(first.requestedSchema.required, ['totp_code']);
    assert.deepEqual(first.requestedSchema.properties.totp_code, enrollment.inputSchema.properties.totp_code);
    // The same registration: the run was still at the same step.
    assert.match(second.message, /authenticateTotp/);
    assert.equal(secret(second.message), secret(first.message));

    // What the API refuses is a text for the assistant.
    const { userId } = enrolled.structuredContent;
    const refused = await client.callTool({ name: 'totp-sign-in', arguments: { user_id: userId, totp_code: 'no' } });
    assert.ok(refused.isError);
    assert.match(text(refused), /authenticateTotp/);
    const wrong = await client.callTool({ name: 'totp-sign-in', arguments: { user: userId } });
    assert.ok(wrong.isError);
    assert.match(text(wrong), /unknown input `user`/);
    await client.close();
}
{
    const { client } = await assistant(() => ({ action: 'decline' }));
    const declined = await client.callTool({ name: 'totp-enrollment', arguments: { email: 'bob@example.com' } });
    assert.ok(declined.isError);
    assert.equal(text(declined), 'the person declined to answer');
    await client.close();
}
{
    // Without a person, nothing is sent: the address is still free.
    const { client } = await assistant(undefined);
    for (const totp_code of [undefined, null]) {
        const alone = await client.callTool({ name: 'totp-enrollment', arguments: { email: 'cy@example.com', totp_code } });
        assert.ok(alone.isError);
        assert.match(text(alone), /^`totp_code` is missing, and the client cannot ask/);
    }
    await client.close();
    const { client: other } = await assistant(({ message }) => accept(code(secret(message))));
    const enrolled = await other.callTool({ name: 'totp-enrollment', arguments: { email: 'cy@example.com' } });
    assert.ok(!enrolled.isError, text(enrolled));
    await other.close();
}
console.log(`enrolled over ${kind}`);
