//! Code that builds the message of a step, or the address at which it receives one.

use super::code::{Code, quote};

use super::request::body;
use super::step::required;
use super::value::{Scope, may_be_absent};
use crate::asyncapi::{Location, Part};
use crate::plan::{AddressPiece, Exchange, Workflow};

/// The static description of a channel.
pub(super) fn channel(exchange: &Exchange) -> Code {
    let Exchange {
        source,
        name,
        sends,
        content_type,
        ..
    } = exchange;
    let address = exchange.template();
    let locations = exchange.locations.iter().map(location);
    quote! {
        __rt::Channel { source: #source, name: #name, address: #address, sends: #sends, content_type: #content_type, correlation: &[#(#locations),*] }
    }
}

fn location(location: &Location) -> Code {
    let tokens = &location.tokens;
    match location.part {
        // A header has no members, so there is exactly one token.
        Part::Header => quote!(__rt::Location::Header(#(#tokens)*)),
        Part::Payload => quote!(__rt::Location::Payload(&[#(#tokens),*])),
    }
}

/// Statements that build the message or the address.
pub(super) fn prepare(exchange: &Exchange, workflow: &Workflow) -> Code {
    let scope = Scope {
        workflow,
        pointers: Vec::new(),
    };
    let address = exchange.address.iter().map(|piece| match piece {
        AddressPiece::Text(text) => quote!(draft.address(#text);),
        AddressPiece::Value(name, value) => {
            let value = required(&scope, value, &format!("the channel parameter `{name}`"));
            quote!(draft.parameter(#name, &#value)?;)
        }
        AddressPiece::Message(name, at) => {
            let at = location(at);
            quote!(draft.located(#name, &#at)?;)
        }
    });
    let correlation = exchange.correlation.as_ref().map(|value| {
        let value = required(&scope, value, "the correlation ID");
        quote!(draft.correlate(&#value)?;)
    });
    if !exchange.sends {
        // Before the step, only the address is needed.
        let correlation = correlation.map(|correlation| {
            quote! {
                if draft.is_addressed() {
                    return Ok(());
                }
                #correlation
            }
        });
        return quote! {
            #(#address)*
            #correlation
        };
    }
    let headers = exchange.headers.iter().map(|header| {
        let name = &header.name;
        let what = format!("the header `{name}`");
        if may_be_absent(&header.value) && !header.required {
            let value = scope.datum(&header.value, &what);
            quote!(if let Some(value) = #value { draft.header(#name, &value)?; })
        } else {
            let value = required(&scope, &header.value, &what);
            quote!(draft.header(#name, &#value)?;)
        }
    });
    let payload = exchange.body.as_ref().map(|payload| {
        let statements = body(payload, &scope);
        quote! {
            let call = draft.body();
            #statements
        }
    });
    quote! {
        #(#headers)*
        #payload
        #correlation
        #(#address)*
    }
}
