// Starts the language server `cargo-arazzo lsp` and shows the flow of documents. Everything else is the server's work.

import * as vscode from 'vscode';
import { LanguageClient, LanguageClientOptions, ServerOptions, State } from 'vscode-languageclient/node';

let client: LanguageClient | undefined;

function newClient(): LanguageClient {
  const command = vscode.workspace.getConfiguration('arazzo').get<string>('server.path', 'cargo-arazzo');
  const server: ServerOptions = { command, args: ['arazzo', 'lsp'] };
  const options: LanguageClientOptions = {
    documentSelector: [
      { scheme: 'file', language: 'yaml' },
      { scheme: 'file', language: 'json' },
      // Saving them can change the options of a document.
      { scheme: 'file', language: 'rust' },
      { scheme: 'file', pattern: '**/Cargo.toml' },
    ],
  };
  return new LanguageClient('arazzo', 'Arazzo', server, options);
}

async function start(): Promise<void> {
  client = newClient();
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(
      `cargo-arazzo does not start: ${reason}. Install it by \`cargo install cargo-arazzo\`, or set arazzo.server.path.`,
    );
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  if (running?.state === State.Running) {
    await running.stop();
  }
}

async function showFlow(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!client || !editor) {
    return;
  }
  const uri = client.code2ProtocolConverter.asUri(editor.document.uri);
  const flow = await client.sendRequest<string | null>('arazzo/flow', { textDocument: { uri } });
  if (flow === null) {
    void vscode.window.showWarningMessage('The flow can be shown when the document has no errors.');
    return;
  }
  const content = `\`\`\`mermaid\n${flow}\`\`\`\n`;
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand('arazzo.showFlow', showFlow),
    vscode.commands.registerCommand('arazzo.restart', async () => {
      await stop();
      await start();
    }),
  );
  await start();
}

export function deactivate(): Promise<void> {
  return stop();
}
