//! `cargo arazzo lsp`: a language server over the compiler.
//!
//! Messages are handled in the order in which they come. Before a question, and when no more messages are waiting,
//! documents that were changed, or whose descriptions were, are compiled again and their problems are published.

mod answer;
mod position;
mod session;

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions, FoldingRangeProviderCapability,
    HoverProviderCapability, InitializeParams, OneOf, RenameOptions, SaveOptions, ServerCapabilities, ServerInfo,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
};
use serde_json::{Value, json};
use session::Session;

pub(crate) fn run() -> Result<(), Box<dyn Error + Send + Sync>> {
    let (connection, threads) = Connection::stdio();
    let (id, params) = connection.initialize_start()?;
    let params: InitializeParams = serde_json::from_value(params)?;
    let result = json!({
        "capabilities": capabilities(),
        "serverInfo": ServerInfo { name: "cargo-arazzo".into(), version: Some(env!("CARGO_PKG_VERSION").into()) },
    });
    connection.initialize_finish(id, result)?;
    serve(&connection, Session::new(&params))?;
    drop(connection);
    threads.join()?;
    Ok(())
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(SaveOptions::default().into()),
            ..TextDocumentSyncOptions::default()
        })),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(["$", ".", "#", "/", " "].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: lsp_types::WorkDoneProgressOptions::default(),
        })),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        ..ServerCapabilities::default()
    }
}

fn serve(connection: &Connection, mut session: Session) -> Result<(), Box<dyn Error + Send + Sync>> {
    while let Ok(message) = connection.receiver.recv() {
        let mut next = Some(message);
        while let Some(message) = next {
            match message {
                Message::Request(request) => {
                    if connection.handle_shutdown(&request)? {
                        return Ok(());
                    }
                    // An editor that gets an answer has got the problems of the same text.
                    publish(connection, &mut session)?;
                    let response = respond(&session, request);
                    connection.sender.send(Message::Response(response))?;
                }
                Message::Notification(notification) => notified(&mut session, notification),
                Message::Response(_) => {}
            }
            next = connection.receiver.try_recv().ok();
        }
        publish(connection, &mut session)?;
    }
    Ok(())
}

fn publish(connection: &Connection, session: &mut Session) -> Result<(), Box<dyn Error + Send + Sync>> {
    // The compiler never panics; if it does after all, the editor keeps its server.
    let published = catch_unwind(AssertUnwindSafe(|| session.refresh())).unwrap_or_default();
    for params in published {
        let method = "textDocument/publishDiagnostics".to_owned();
        connection
            .sender
            .send(Message::Notification(Notification::new(method, params)))?;
    }
    Ok(())
}

/// Applies a notification. One with other parameters than the protocol has is ignored, as one of an unknown method is.
fn notified(session: &mut Session, notification: Notification) {
    let Notification { method, params } = notification;
    let _: Option<()> = match method.as_str() {
        "textDocument/didOpen" => read(params).map(|params| session.open(params)),
        "textDocument/didChange" => read(params).map(|params| session.change(params)),
        "textDocument/didClose" => read(params).map(|params| session.close(&params)),
        "textDocument/didSave" => read(params).map(|params| session.saved(&params)),
        _ => None,
    };
}

fn read<T: serde::de::DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}

fn respond(session: &Session, request: Request) -> Response {
    let Request { id, method, params } = request;
    let answered = catch_unwind(AssertUnwindSafe(|| answer::answer(session, &method, params)));
    match answered {
        Ok(Ok(Some(result))) => Response::new_ok(id, result),
        Ok(Ok(None)) => {
            let message = format!("the method `{method}` is not supported");
            Response::new_err(id, ErrorCode::MethodNotFound as i32, message)
        }
        Ok(Err(message)) => Response::new_err(id, ErrorCode::InvalidParams as i32, message),
        Err(_) => {
            let message = format!("internal error in `{method}`; please report it together with the document");
            Response::new_err(id, ErrorCode::InternalError as i32, message)
        }
    }
}
