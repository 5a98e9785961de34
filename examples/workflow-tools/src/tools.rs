//! The workflows as tools.

use std::error::Error;
use std::sync::Arc;

use arazzo::{AnyWorkflow, Client};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ElicitRequest, ElicitResult, ErrorData,
    Implementation, InputRequest, InputRequiredResult, JsonObject, ListToolsResult, PaginatedRequestParams,
    ProtocolVersion, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::call::{Call, Outcome};
use crate::question::Question;
use crate::waiting::Waiting;

/// The name of the question in a result that asks for input.
const QUESTION: &str = "inputs";

/// A server whose tools are workflows.
#[derive(Clone)]
pub(crate) struct Tools {
    client: Client,
    workflows: &'static [AnyWorkflow],
    tools: Arc<[Tool]>,
    waiting: Arc<Waiting>,
}

impl Tools {
    /// Creates the server.
    ///
    /// # Errors
    /// A schema cannot be read.
    pub(crate) fn new(client: Client, workflows: &'static [AnyWorkflow]) -> Result<Self, Box<dyn Error>> {
        let tools: Result<Vec<Tool>, _> = workflows.iter().map(tool).collect();
        Ok(Self {
            client,
            workflows,
            tools: tools?.into(),
            waiting: Arc::default(),
        })
    }

    /// Starts a call.
    fn started(&self, request: CallToolRequestParams, can_ask: bool) -> Result<Call, String> {
        let known = self.workflows.iter().find(|known| known.id() == request.name);
        let workflow = known.ok_or_else(|| format!("unknown tool `{}`", request.name))?;
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        let call = Call::new(workflow, &arguments).map_err(|error| error.to_string())?;
        // Better now than after half of the requests.
        let inputs = call.inputs();
        let Some(missing) = required(workflow).find(|name| inputs[name].is_null()) else {
            return Ok(call);
        };
        if !can_ask {
            return Err(format!(
                "`{missing}` is missing, and the client cannot ask a person for it (it does not support elicitation)"
            ));
        }
        if !self.waiting.has_room() {
            return Err("too many calls wait for their persons; call the tool again later".to_owned());
        }
        Ok(call)
    }

    /// Starts a call, or goes on with one that a person has answered.
    async fn called(
        &self,
        mut request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, String> {
        let Some(handle) = request.request_state.take() else {
            let call = self.started(request, can_ask(context))?;
            return self.advance(call, None, context).await;
        };
        let taken = self.waiting.take(&handle, &request.name)?;
        let answers = request.input_responses.unwrap_or_default();
        let answer = answers
            .get(QUESTION)
            .ok_or_else(|| format!("`{QUESTION}` is missing in `inputResponses`"))?;
        let answer = ElicitResult::deserialize(answer).map_err(|error| error.to_string())?;
        let (mut call, question) = taken.call().ok_or("the call has ended")?;
        let result = match call.answer(question, answer) {
            Ok(question) => self.advance(call, question, context).await,
            Err(message) => Err(message),
        };
        taken.answered();
        result
    }

    /// Takes a call to its end, or to a question that the client answers with another request. `question` is to be asked
    /// first.
    async fn advance(
        &self,
        mut call: Call,
        mut question: Option<Question>,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, String> {
        loop {
            let asked = match question.take() {
                Some(question) => question,
                None => match call.advance(&self.client).await.map_err(|error| error.to_string())? {
                    Outcome::Done(outputs) => return Ok(CallToolResult::structured(outputs).into()),
                    Outcome::Ask(question) => question,
                },
            };
            let elicitation = asked.request(call.workflow)?;
            if context.protocol_version() >= Some(ProtocolVersion::V_2026_07_28) {
                let elicitation = InputRequest::Elicitation(ElicitRequest::new(elicitation));
                let handle = self.waiting.keep(call, asked);
                let requests = [(QUESTION.to_owned(), elicitation)].into();
                return Ok(InputRequiredResult::new(Some(requests), Some(handle)).into());
            }
            // In earlier versions of the protocol, the server asks, and the request stays open.
            let answer = context.peer.create_elicitation(elicitation).await;
            question = call.answer(asked, answer.map_err(|error| error.to_string())?)?;
        }
    }
}

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("workflow-tools", env!("CARGO_PKG_VERSION")))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.to_vec()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tools.iter().find(|tool| tool.name == name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        tokio::select! {
            // A call that waits for its person goes on waiting.
            () = context.ct.cancelled() => Err(ErrorData::internal_error("the call was cancelled", None)),
            // A failure is a result, so that the assistant can read it.
            result = self.called(request, &context) => Ok(result.unwrap_or_else(|message| {
                CallToolResult::error(vec![ContentBlock::text(message)]).into()
            })),
        }
    }
}

/// Returns whether the client can show a form to a person.
fn can_ask(context: &RequestContext<RoleServer>) -> bool {
    let negotiated = context.peer.peer_info().map(|client| client.capabilities.clone());
    let capabilities = context.meta.client_capabilities().or(negotiated);
    // Without any mode, forms are meant.
    let modes = capabilities.and_then(|capabilities| capabilities.elicitation);
    modes.is_some_and(|modes| modes.form.is_some() || modes.url.is_none())
}

/// Returns the inputs that a workflow requires.
fn required(workflow: &AnyWorkflow) -> impl Iterator<Item = String> + use<> {
    let schema: Value = serde_json::from_str(workflow.inputs_schema()).unwrap_or_default();
    let names = schema["required"].as_array().cloned().unwrap_or_default();
    names.into_iter().filter_map(|name| Some(name.as_str()?.to_owned()))
}

/// Describes a workflow as a tool. Only the inputs of its first step are required: a person is asked for the others
/// when they can be known.
fn tool(workflow: &AnyWorkflow) -> Result<Tool, Box<dyn Error>> {
    let mut inputs: JsonObject = serde_json::from_str(workflow.inputs_schema())?;
    let outputs: JsonObject = serde_json::from_str(workflow.outputs_schema())?;
    let first = workflow.start(&json!({}))?.awaiting();
    inputs.insert("required".to_owned(), json!(first));
    let texts = [workflow.summary(), workflow.description()];
    let mut description = texts.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    let later: Vec<String> = required(workflow)
        .filter(|name| !first.contains(&name.as_str()))
        .collect();
    if !later.is_empty() {
        let later = later.join(", ");
        description.push_str(&format!(
            "\n\nLeave out what is not known yet ({later}): the person is asked for it."
        ));
    }
    Ok(Tool::new(workflow.id(), description, inputs).with_raw_output_schema(outputs.into()))
}
