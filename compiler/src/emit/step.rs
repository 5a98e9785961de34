//! What a step sends, how its response is judged, and what happens next.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::types::{Place, describe, ty};
use super::value::{Scope, absent, fixed_query, may_be_absent};
use crate::document::Location;
use crate::openapi::SchemeKind;
use crate::plan::types::Ty;
use crate::plan::{
    Action, ActionKind, Detour, JsonPiece, Origin, Output, PathPiece, Payload, Plan, Read, ReplacementTarget, Request,
    Step, Test, Value, ValueKind, Workflow, body_pointers,
};
use crate::program::Source;

/// The static description of an operation.
pub(super) fn operation(request: &Request) -> TokenStream {
    let Request {
        source,
        name,
        method,
        server,
        security,
        ..
    } = request;
    let path = request.template();
    let authorization = request
        .writes(Location::Header, "Authorization")
        .then(|| quote!(authorization: true,));
    let security = security.iter().map(|all| {
        let schemes = all.iter().map(|(name, kind, written)| {
            let kind = match kind {
                SchemeKind::Basic | SchemeKind::Bearer => quote!(Authorization),
                SchemeKind::HeaderKey(header) => quote!(Header(#header)),
                SchemeKind::QueryKey(parameter) => quote!(Query(#parameter)),
                SchemeKind::CookieKey(cookie) => quote!(Cookie(#cookie)),
                SchemeKind::OAuth { token_url, scopes } => {
                    quote!(OAuth { token_url: #token_url, scopes: &[#(#scopes),*] })
                }
                SchemeKind::Transport => quote!(Transport),
            };
            if !written && kind.to_string() == "Authorization" {
                return quote!(__rt::Scheme::authorization(#name));
            }
            quote!(__rt::Scheme { name: #name, kind: __rt::SchemeKind::#kind, written: #written })
        });
        quote!(&[#(#schemes),*])
    });
    quote! {
        __rt::Operation { source: #source, name: #name, method: #method, path: #path, server: #server, security: &[#(#security),*], #authorization ..__rt::Operation::EMPTY }
    }
}

/// Statements that make the request of a step.
pub(super) fn prepare(step: &Step, workflow: &Workflow) -> TokenStream {
    let scope = Scope {
        workflow,
        pointers: Vec::new(),
    };
    let Some(request) = step.request() else {
        return TokenStream::new();
    };
    let template = request.template();
    let whole = matches!(request.path.as_slice(), [PathPiece::Text(text)] if *text == template);
    let path = request.path.iter().filter(|_| !whole).map(|piece| match piece {
        PathPiece::Text(text) => quote!(call.path(#text);),
        PathPiece::Value(name, value, way) => {
            let value = required(&scope, value, &format!("the path parameter `{name}`"));
            {
                let way = style(*way);
                quote!(call.path_value(#name, &#value, #way)?;)
            }
        }
    });
    let parameters = request.parameters.iter().map(|parameter| {
        let name = &parameter.name;
        let what = format!("the {} parameter `{name}`", parameter.location.word());
        let way = style(parameter.style);
        let send = match parameter.location {
            Location::Header => quote!(call.header_value(#name, &value, #way)?;),
            Location::QueryString => quote!(call.query_string(#name, &value, #way)?;),
            Location::Cookie => quote!(call.cookie_value(#name, &value, #way)?;),
            _ => quote!(call.query_value(#name, &value, #way);),
        };
        if may_be_absent(&parameter.value) && !parameter.required {
            let value = scope.datum(&parameter.value, &what);
            quote!(if let Some(value) = #value { #send })
        } else {
            let value = required(&scope, &parameter.value, &what);
            quote!({ let value = #value; #send })
        }
    });
    let body = request.body.as_ref().map(|body| {
        let content_type = &body.content_type;
        let replaced: Vec<TokenStream> = body
            .replacements
            .iter()
            .map(|(target, value)| {
                let value = scope.datum(value, "a replacement");
                match target {
                    ReplacementTarget::Pointer(tokens) => quote!(call.replace(&[#(#tokens),*], #value.as_ref())?;),
                    ReplacementTarget::Query(engine, query) => {
                        let (definition, query) = fixed_query(*engine, query);
                        quote!({ #definition call.replace_selected(&*#query, #value.as_ref())?; })
                    }
                }
            })
            .collect();
        if matches!(body.form, Payload::Form | Payload::Multipart) {
            let payload = required(&scope, &body.payload, "the payload");
            let fields = body.fields.iter().map(field);
            let method = super::ident(if body.form == Payload::Form { "form" } else { "multipart" });
            return quote!(call.#method(#content_type, &#payload, &[#(#fields),*])?;);
        }
        if body.form != Payload::Json {
            let payload = required(&scope, &body.payload, "the payload");
            return quote! {
                call.text(#content_type, &#payload)?;
                #(#replaced)*
            };
        }
        let statements = scope.payload(&body.payload);
        // Text with values outside its string literals need not be JSON in the end.
        let bare = matches!(&body.payload.kind, ValueKind::JsonText(pieces) if pieces.iter().any(|piece| matches!(piece, JsonPiece::Bare(_))));
        let checked = bare.then(|| quote!(call.check_json()?;));
        quote! {
            let mut body = call.json(#content_type);
            #statements
            #checked
            #(#replaced)*
        }
    });
    let recalled = reads_request(step, workflow).then(|| quote!(call.recalled();));
    quote! {
        #recalled
        #(#path)*
        #(#parameters)*
        #body
    }
}

/// Whether anything that follows the request of a step reads it: its criteria and outputs, its actions
/// and what they hand to the workflows that they start.
fn reads_request(step: &Step, workflow: &Workflow) -> bool {
    let actions = || step.on_success.iter().chain(&step.on_failure);
    let started = actions().filter_map(|action| match action.kind {
        ActionKind::Leave(site)
        | ActionKind::Retry {
            detour: Some(Detour::Call(site)),
            ..
        } => workflow.sites.get(site),
        _ => None,
    });
    let criteria = actions().flat_map(|action| &action.criteria).chain(&step.criteria);
    let mut reads: Vec<&Read> = Vec::new();
    criteria.for_each(|criterion| criterion.test.visit(&mut |read| reads.push(read)));
    let outputs = step.outputs.iter().map(|output| &output.value);
    let arguments = started.flat_map(|site| site.arguments.iter().map(|(_, value)| value));
    outputs
        .chain(arguments)
        .for_each(|value| value.visit(&mut |read| reads.push(read)));
    reads.iter().any(|read| {
        matches!(
            read.source,
            Source::Url
                | Source::Method
                | Source::RequestHeader(_)
                | Source::RequestQuery(_)
                | Source::RequestPath(_)
                | Source::RequestBody
        )
    })
}

fn field(field: &crate::plan::Field) -> TokenStream {
    let crate::plan::Field { name, file, .. } = field;
    let way = match field.style {
        Some(way) => {
            let way = style(way);
            quote!(Some(#way))
        }
        None => quote!(None),
    };
    let content_type = match &field.content_type {
        Some(media) => quote!(Some(#media)),
        None => quote!(None),
    };
    quote!(__rt::Field { name: #name, style: #way, content_type: #content_type, file: #file })
}

fn style(style: crate::plan::Style) -> TokenStream {
    let crate::plan::Style {
        form,
        explode,
        reserved,
    } = style;
    let form = super::ident(form);
    quote!(__rt::Style { form: __rt::Form::#form, explode: #explode, reserved: #reserved })
}

/// Statements that start the run of a call; their value is the run.
pub(super) fn call(site: &crate::plan::Site, workflow: &Workflow, plan: &Plan) -> TokenStream {
    let Some(target) = plan.workflow(site.target) else {
        return TokenStream::new();
    };
    let mut reads: Vec<&Read> = Vec::new();
    site.arguments
        .iter()
        .for_each(|(_, value)| value.visit(&mut |read| reads.push(read)));
    let pointers = body_pointers(reads);
    let read = read_body(&pointers);
    let scope = Scope { workflow, pointers };
    let statements = scope.object(&site.arguments);
    let (module, id) = (super::ident(&target.ident), &target.id);
    let typed = |step: usize, slot: usize, needed: &Workflow| {
        let absent = absent(&format!("$workflows.{}", needed.id), (0, 0), "a dependency");
        let (step, slot) = (Literal::usize_unsuffixed(step), Literal::usize_unsuffixed(slot));
        quote!(run.typed(#step, #slot).ok_or_else(|| #absent)?)
    };
    let own = |index: usize, input: bool, needed: &Workflow| {
        let absent = absent(&format!("$workflows.{}", needed.id), (0, 0), "a dependency");
        let index = Literal::usize_unsuffixed(workflow.dependency(index, input).unwrap_or_default());
        quote!(run.own_dependency(#index).ok_or_else(|| #absent)?)
    };
    let dependencies = if target.dependencies.is_empty() {
        quote!(())
    } else {
        let all = target.dependencies.iter().zip(&site.dependencies);
        let fields = all.filter_map(|((index, inputs), origin)| {
            let needed = plan.workflow(*index)?;
            let outputs = super::ident(&needed.ident);
            let inputs = inputs.then(|| super::ident(&super::inputs_field(needed)));
            let (outputs_value, inputs_value) = match origin {
                Origin::Own => (own(*index, false, needed), own(*index, true, needed)),
                Origin::Step(step, slot) => (typed(*step, *slot, needed), typed(*step, slot + 1, needed)),
            };
            let inputs = inputs.map(|inputs| quote!(#inputs: #inputs_value,));
            Some(quote!(#outputs: #outputs_value, #inputs))
        });
        quote!(super::#module::Dependencies { #(#fields)* })
    };
    quote! {
        #read
        let inputs = __rt::inputs(#id, |body| {
            #statements
            Ok(())
        })?;
        __rt::Child::new::<super::#module::Workflow>(inputs, #dependencies)
    }
}

/// An expression of type `Datum<'_>` for a place that needs a value.
fn required(scope: &Scope<'_>, value: &Value, what: &str) -> TokenStream {
    match &value.kind {
        ValueKind::Reference(read) => scope.present(read, what),
        other => {
            let value = scope.datum(value, what);
            let (text, place) = match other {
                ValueKind::Selection(selection) => {
                    let context = &selection.context;
                    (format!("{} {}", context.expression, selection.query), context.place)
                }
                _ => ("value".to_owned(), (0, 0)),
            };
            let absent = absent(&text, place, what);
            quote!(#value.ok_or_else(|| #absent)?)
        }
    }
}

/// Statements that judge a response; their value is what the step keeps.
pub(super) fn settle(step: &Step, index: usize, workflow: &Workflow) -> TokenStream {
    let mut reads: Vec<&Read> = Vec::new();
    step.criteria
        .iter()
        .for_each(|criterion| criterion.test.visit(&mut |read| reads.push(read)));
    let by_criteria = !body_pointers(reads.iter().copied()).is_empty();
    step.outputs
        .iter()
        .for_each(|output| output.value.visit(&mut |read| reads.push(read)));
    let pointers = body_pointers(reads);
    let read = read_body(&pointers);
    let scope = Scope { workflow, pointers };
    let criteria = step.criteria.iter().map(|criterion| {
        let check = scope.check(&criterion.test);
        let text = &criterion.text;
        let (line, column) = (
            Literal::usize_unsuffixed(criterion.place.0),
            Literal::usize_unsuffixed(criterion.place.1),
        );
        if reads_body(&criterion.test) {
            return quote!(exchange.require_of(found.problem(), #check, #text, #line, #column)?;);
        }
        quote!(exchange.require(#check, #text, #line, #column)?;)
    });

    let outputs = keep_all(step, index, &scope);
    let default = (step.criteria.is_empty() && step.site().is_none()).then(|| {
        let (line, column) = (
            Literal::usize_unsuffixed(step.place.0),
            Literal::usize_unsuffixed(step.place.1),
        );
        quote!(exchange.require_success(#line, #column)?;)
    });
    // A body is parsed only once it is wanted: not for a status that fails the step anyway.
    let (before, after) = if by_criteria {
        (read, TokenStream::new())
    } else {
        (TokenStream::new(), read)
    };
    let kept = if step.whole {
        quote! {
            let mut kept = #outputs?;
            kept.extend(run.whole());
            Ok(kept)
        }
    } else {
        outputs
    };
    quote! {
        #before
        #default
        #(#criteria)*
        #after
        #kept
    }
}

fn read_body(pointers: &[Vec<String>]) -> TokenStream {
    if pointers.is_empty() {
        return TokenStream::new();
    }
    let pointers = pointers.iter().map(|pointer| quote!(&[#(#pointer),*]));
    quote!(let found = exchange.read([#(#pointers),*]);)
}

/// An expression of type `Result<Vec<Option<Slot>>, Failure>`: what a step keeps.
fn keep_all(step: &Step, index: usize, scope: &Scope<'_>) -> TokenStream {
    let found = |output: &Output| match &output.value.kind {
        ValueKind::Reference(read) if read.source == Source::ResponseBody => {
            scope.pointers.iter().position(|known| *known == read.pointer)
        }
        _ => None,
    };
    let index = Literal::usize_unsuffixed(index);
    let meta = quote!(SHAPE.steps[#index].outputs);
    let pointers: Option<Vec<usize>> = step.outputs.iter().map(found).collect();
    match pointers {
        Some(pointers) if pointers.is_empty() => quote!(Ok(__rt::Vec::new())),
        Some(pointers) => {
            let pointers = pointers.into_iter().map(Literal::usize_unsuffixed);
            quote!(found.keep_all(&[#(#pointers),*], #meta))
        }
        None => {
            let outputs = step.outputs.iter().enumerate().map(|(position, output)| {
                let position = Literal::usize_unsuffixed(position);
                if let Some(pointer) = found(output) {
                    let pointer = Literal::usize_unsuffixed(pointer);
                    return quote!(found.keep(#pointer, &SHAPE.steps[#index].outputs[#position])?);
                }
                let value = scope.datum(&output.value, "an output");
                quote!(__rt::keep_datum(#value.as_ref(), &SHAPE.steps[#index].outputs[#position])?)
            });
            quote!(Ok(__rt::Vec::from([#(#outputs),*])))
        }
    }
}

/// The static description of an output.
pub(super) fn kept(output: &Output, workflow: &Workflow, plan: &Plan) -> TokenStream {
    let Output {
        name,
        expression,
        required,
        ..
    } = output;
    let expected = describe(&output.ty, &plan.types);
    let of = ty(&output.ty, plan, Place::Workflow(workflow.index));
    let (line, column) = (
        Literal::usize_unsuffixed(output.place.0),
        Literal::usize_unsuffixed(output.place.1),
    );
    if output.ty == Ty::String && *required {
        return quote!(__rt::text(#name, #expression, #line, #column));
    }
    quote!(__rt::Output {
        name: #name, expression: #expression, expected: #expected, required: #required, check: __rt::check::<#of>, line: #line, column: #column,
    })
}

/// Statements that choose among actions; `None` where there are none.
pub(super) fn actions(actions: &[Action], success: bool, index: usize, workflow: &Workflow) -> Option<TokenStream> {
    if actions.is_empty() {
        return None;
    }
    let mut reads: Vec<&Read> = Vec::new();
    for action in actions {
        let criteria = action.criteria.iter();
        criteria.for_each(|criterion| criterion.test.visit(&mut |read| reads.push(read)));
    }
    let pointers = body_pointers(reads);
    let read = read_body(&pointers);
    let scope = Scope { workflow, pointers };
    let step = Literal::usize_unsuffixed(index);
    let mut choices = TokenStream::new();
    let mut decided = false;
    for (position, action) in actions.iter().enumerate() {
        let taken = match &action.kind {
            ActionKind::End => quote!(__rt::Action::End),
            ActionKind::Goto(to) => {
                let to = Literal::usize_unsuffixed(*to);
                quote!(__rt::Action::Goto(#to))
            }
            ActionKind::Leave(site) => {
                let site = Literal::usize_unsuffixed(*site);
                quote!(__rt::Action::Leave(#site))
            }
            ActionKind::Retry { after, detour, .. } => {
                let detour = match detour {
                    None => quote!(None),
                    Some(Detour::Step(step)) => {
                        let step = Literal::usize_unsuffixed(*step);
                        quote!(Some(__rt::Detour::Step(#step)))
                    }
                    Some(Detour::Call(site)) => {
                        let site = Literal::usize_unsuffixed(*site);
                        quote!(Some(__rt::Detour::Call(#site)))
                    }
                };
                let after = match after {
                    Some(seconds) => {
                        let seconds = Literal::f64_unsuffixed(*seconds);
                        quote!(Some(#seconds))
                    }
                    None => quote!(None),
                };
                quote!(__rt::Action::Retry(#after, #detour))
            }
            ActionKind::Invalid => continue,
        };
        let mut conditions: Vec<TokenStream> = action
            .criteria
            .iter()
            .map(|criterion| {
                let inner = scope.check(&criterion.test);
                let text = &criterion.text;
                let (line, column) = (
                    Literal::usize_unsuffixed(criterion.place.0),
                    Literal::usize_unsuffixed(criterion.place.1),
                );
                if reads_body(&criterion.test) {
                    return quote!(exchange.met_of(found.problem(), #inner, #text, #line, #column));
                }
                quote!(exchange.met(#inner, #text, #line, #column))
            })
            .collect();
        if let ActionKind::Retry { limit, .. } = &action.kind {
            let (position, limit) = (Literal::usize_unsuffixed(position), Literal::u64_unsuffixed(*limit));
            conditions.push(quote!(exchange.retry(#step, #position, #limit)));
        }
        let taken = if success { taken } else { quote!(Some(#taken)) };
        let name = &action.name;
        if conditions.is_empty() {
            choices.extend(quote!(exchange.take(#name); #taken));
            decided = true;
            break;
        }
        choices.extend(quote!(if #(#conditions)&&* { exchange.take(#name); return #taken; }));
    }
    if !decided {
        choices.extend(if success {
            quote!(__rt::Action::Next)
        } else {
            quote!(None)
        });
    }
    Some(quote!(#read #choices))
}

/// Whether a test reads the body of the response.
fn reads_body(test: &Test) -> bool {
    let mut reads = Vec::new();
    test.visit(&mut |read| reads.push(read));
    reads.iter().any(|read| read.source == Source::ResponseBody)
}
