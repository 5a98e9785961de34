//! Calls of the handlers.

use std::sync::Arc;

use arazzo_durable::Durable;
use restate_sdk::endpoint::{ContextInternal, Error};
use restate_sdk::errors::HandlerError;
use restate_sdk::prelude::{SharedWorkflowContext, WorkflowContext};
use restate_sdk::serde::Json;
use restate_sdk::service::Service;
use restate_sdk::service::macro_support::ServiceBoxFuture;
use serde_json::value::RawValue;

use crate::driver;

/// The handlers of a workflow.
pub(crate) struct Handlers(pub(crate) Arc<Durable>);

impl Service for Handlers {
    type Future = ServiceBoxFuture;

    fn handle(&self, ctx: ContextInternal) -> Self::Future {
        let durable = Arc::clone(&self.0);
        Box::pin(async move {
            match ctx.handler_name() {
                "run" => {
                    let (Json(sent), metadata) = ctx.input::<Json<Box<RawValue>>>().await;
                    let result = driver::run(&WorkflowContext::from((&ctx, metadata)), &durable, &sent).await;
                    ctx.handle_handler_result(result.map_err(HandlerError::from));
                }
                "provide" => {
                    let (Json(sent), metadata) = ctx.input::<Json<Box<RawValue>>>().await;
                    let result = driver::provide(&SharedWorkflowContext::from((&ctx, metadata)), &durable, &sent).await;
                    ctx.handle_handler_result(result.map_err(HandlerError::from));
                }
                "status" => {
                    let ((), metadata) = ctx.input::<()>().await;
                    let result = driver::status(&SharedWorkflowContext::from((&ctx, metadata))).await;
                    ctx.handle_handler_result(result.map_err(HandlerError::from));
                }
                "stored" => {
                    let ((), metadata) = ctx.input::<()>().await;
                    let result = driver::stored(&SharedWorkflowContext::from((&ctx, metadata))).await;
                    ctx.handle_handler_result(result.map_err(HandlerError::from));
                }
                unknown => return Err(Error::unknown_handler(ctx.service_name(), unknown)),
            }
            ctx.end();
            Ok(())
        })
    }
}
