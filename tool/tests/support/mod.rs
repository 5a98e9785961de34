//! A client of the language server, which speaks the protocol over its standard input and output.

#![allow(dead_code, reason = "not every test uses all of it")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// The example's document and the description of its API.
pub fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/stytch-totp")
}

pub struct Editor {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    next: u64,
    /// The problems that were published last, by URI.
    pub problems: BTreeMap<String, Vec<Value>>,
    pub capabilities: Value,
}

impl Editor {
    pub fn start(root: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cargo-arazzo"))
            .args(["arazzo", "lsp"])
            .current_dir(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut editor = Self {
            child,
            input,
            output: BufReader::new(output),
            next: 0,
            problems: BTreeMap::new(),
            capabilities: Value::Null,
        };
        let result = editor.ask(
            "initialize",
            json!({ "processId": null, "rootUri": uri(root), "capabilities": {} }),
        );
        editor.capabilities = result.unwrap()["capabilities"].clone();
        editor.tell("initialized", json!({}));
        editor
    }

    pub fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.input.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "the server has ended");
            match line.trim().split_once(": ") {
                Some(("Content-Length", number)) => length = number.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut bytes = vec![0; length];
        self.output.read_exact(&mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Asks, and returns the result or the message of the error.
    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive();
            if message["method"] == "textDocument/publishDiagnostics" {
                let params = &message["params"];
                let problems = params["diagnostics"].as_array().unwrap().clone();
                self.problems
                    .insert(params["uri"].as_str().unwrap().to_owned(), problems);
            } else if message["id"] == id {
                return match message.get("error") {
                    Some(error) => Err(error["message"].as_str().unwrap().to_owned()),
                    None => Ok(message["result"].clone()),
                };
            }
        }
    }

    /// Opens a file with a text, and waits until its problems are published.
    pub fn open(&mut self, path: &Path, text: &str) {
        let document = json!({ "uri": uri(path), "languageId": "yaml", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        self.settle();
    }

    /// Replaces the whole text.
    pub fn write(&mut self, path: &Path, text: &str) {
        self.change(path, &json!([{ "text": text }]));
    }

    pub fn change(&mut self, path: &Path, changes: &Value) {
        let document = json!({ "uri": uri(path), "version": 2 });
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
        self.settle();
    }

    /// Waits until the server has done everything that it was told: problems are published before an answer.
    pub fn settle(&mut self) {
        self.ask("arazzo/nothing", json!({})).unwrap_err();
    }

    /// The codes of the problems of a file.
    pub fn codes(&self, path: &Path) -> Vec<String> {
        let found = self.problems.get(&uri(path)).map(Vec::as_slice).unwrap_or_default();
        found
            .iter()
            .map(|problem| problem["code"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Asks about the place of a mark `|` in a text, which is written without the mark.
    pub fn ask_at(&mut self, method: &str, path: &Path, marked: &str, more: Value) -> Result<Value, String> {
        let offset = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        self.write(path, &text);
        let mut params = json!({ "textDocument": { "uri": uri(path) }, "position": position(&text, offset) });
        for (key, value) in more.as_object().into_iter().flatten() {
            params[key] = value.clone();
        }
        self.ask(method, params)
    }

    pub fn stop(mut self) {
        self.ask("shutdown", Value::Null).unwrap();
        self.tell("exit", Value::Null);
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn uri(path: &Path) -> String {
    format!("file://{}", path.to_str().unwrap())
}

/// The position of a byte offset in a text of ASCII letters.
pub fn position(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    json!({ "line": line, "character": before[start..].encode_utf16().count() })
}

/// Applies the edits of one file.
pub fn applied(text: &str, edits: &Value) -> String {
    let mut edits = edits.as_array().unwrap().clone();
    let place = |position: &Value| {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let character = usize::try_from(position["character"].as_u64().unwrap()).unwrap();
        let mut units = 0;
        let before = text[start..].chars().take_while(|letter| {
            units += letter.len_utf16();
            units <= character
        });
        start + before.map(char::len_utf8).sum::<usize>()
    };
    edits.sort_by_key(|edit| std::cmp::Reverse(place(&edit["range"]["start"])));
    let mut text = text.to_owned();
    for edit in &edits {
        let (start, end) = (place(&edit["range"]["start"]), place(&edit["range"]["end"]));
        text.replace_range(start..end, edit["newText"].as_str().unwrap());
    }
    text
}
