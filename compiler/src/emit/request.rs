//! Code that builds the request of a step.

use super::code::{Code, quote};

use super::step::required;
use super::value::{Scope, fixed_query, may_be_absent};
use crate::document::Location;
use crate::media::Format;
use crate::openapi::SchemeKind;
use crate::plan::{
    ActionKind, Detour, JsonPiece, PathPiece, Read, ReplacementTarget, Request, Step, ValueKind, Workflow,
};
use crate::program::Source;

/// The static description of an operation.
pub(super) fn operation(request: &Request) -> Code {
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
                SchemeKind::Basic => quote!(Basic),
                SchemeKind::Bearer => quote!(Bearer),
                SchemeKind::Undefined => quote!(Authorization),
                SchemeKind::Other => quote!(Other),
                SchemeKind::HeaderKey(header) => quote!(Header(#header)),
                SchemeKind::QueryKey(parameter) => quote!(Query(#parameter)),
                SchemeKind::CookieKey(cookie) => quote!(Cookie(#cookie)),
                SchemeKind::OAuth { token_url, scopes } => {
                    quote!(OAuth { token_url: #token_url, scopes: &[#(#scopes),*] })
                }
                SchemeKind::Transport => quote!(Transport),
            };
            if *written {
                quote!(__rt::Scheme { written: true, ..__rt::Scheme::new(#name, __rt::SchemeKind::#kind) })
            } else {
                quote!(__rt::Scheme::new(#name, __rt::SchemeKind::#kind))
            }
        });
        quote!(&[#(#schemes),*])
    });
    quote! {
        __rt::Operation { source: #source, name: #name, method: #method, path: #path, server: #server, security: &[#(#security),*], #authorization ..__rt::Operation::EMPTY }
    }
}

/// Returns whether anything after the request of a step reads it: its criteria, outputs or actions, or the values that
/// its actions pass to other workflows.
pub(super) fn reads_request(step: &Step, workflow: &Workflow) -> bool {
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

pub(super) fn field(field: &crate::plan::Field) -> Code {
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

pub(super) fn style(style: crate::plan::Style) -> Code {
    let crate::plan::Style {
        form,
        explode,
        reserved,
    } = style;
    let form = super::ident(form);
    quote!(__rt::Style { form: __rt::Form::#form, explode: #explode, reserved: #reserved })
}

/// Statements that build the request of a step.
pub(super) fn prepare(step: &Step, workflow: &Workflow) -> Code {
    let scope = Scope {
        workflow,
        pointers: Vec::new(),
    };
    let Some(request) = step.request() else {
        return Code::new();
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
    let body = request.body.as_ref().map(|body| self::body(body, &scope));
    let recalled = reads_request(step, workflow).then(|| quote!(call.recalled();));
    quote! {
        #recalled
        #(#path)*
        #(#parameters)*
        #body
    }
}

/// Statements that write a body.
pub(super) fn body(body: &crate::plan::Body, scope: &Scope<'_>) -> Code {
    let content_type = &body.content_type;
    let replaced: Vec<Code> = body
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
    if matches!(body.form, Format::Form | Format::Multipart) {
        let payload = required(scope, &body.payload, "the payload");
        let fields = body.fields.iter().map(field);
        let method = super::ident(if body.form == Format::Form { "form" } else { "multipart" });
        return quote!(call.#method(#content_type, &#payload, &[#(#fields),*])?;);
    }
    if body.form == Format::JsonLines {
        let payload = required(scope, &body.payload, "the payload");
        return quote!(call.json_lines(#content_type, &#payload)?;);
    }
    if body.form != Format::Json {
        let payload = required(scope, &body.payload, "the payload");
        return quote! {
            call.text(#content_type, &#payload)?;
            #(#replaced)*
        };
    }
    let statements = scope.payload(&body.payload);
    // Text with values outside its string literals may not be valid JSON in the end.
    let bare = matches!(&body.payload.kind, ValueKind::JsonText(pieces) if pieces.iter().any(|piece| matches!(piece, JsonPiece::Bare(_))));
    let checked = bare.then(|| quote!(call.check_json()?;));
    quote! {
        let mut body = call.json(#content_type);
        #statements
        #checked
        #(#replaced)*
    }
}
