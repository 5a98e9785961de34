//! Generated types.

use proc_macro2::TokenStream;
use quote::quote;

use super::doc;
use super::ident;
use crate::plan::Workflow;
use crate::plan::types::{Ty, TypeDef, TypeKind};

/// The tokens of a type, `prefix` leading to the module of the generated ones.
pub(super) fn ty(kind: &Ty, workflow: &Workflow, prefix: &TokenStream) -> TokenStream {
    let inner = |inner: &Ty| ty(inner, workflow, prefix);
    match kind {
        Ty::String => quote!(::std::string::String),
        Ty::I64 => quote!(i64),
        Ty::I32 => quote!(i32),
        Ty::U64 => quote!(u64),
        Ty::F64 => quote!(f64),
        Ty::Bool => quote!(bool),
        Ty::Blob => quote!(__rt::Blob),
        Ty::Json => quote!(__rt::serde_json::Value),
        Ty::Vec(item) => {
            let item = inner(item);
            quote!(::std::vec::Vec<#item>)
        }
        Ty::Map(value) => {
            let value = inner(value);
            quote!(::std::collections::BTreeMap<::std::string::String, #value>)
        }
        Ty::Named(index) => match workflow.types.get(*index) {
            Some(def) => {
                let name = ident(&def.ident);
                quote!(#prefix #name)
            }
            None => quote!(__rt::serde_json::Value),
        },
        Ty::Option(value) => {
            let value = inner(value);
            quote!(::std::option::Option<#value>)
        }
        Ty::Boxed(value) => {
            let value = inner(value);
            quote!(::std::boxed::Box<#value>)
        }
    }
}

/// What a value of a type is called in a message.
pub(super) fn describe(kind: &Ty, workflow: &Workflow) -> String {
    match kind {
        Ty::String => "a string".to_owned(),
        Ty::I64 | Ty::I32 | Ty::U64 => "an integer".to_owned(),
        Ty::F64 => "a number".to_owned(),
        Ty::Blob => "bytes".to_owned(),
        Ty::Bool => "a boolean".to_owned(),
        Ty::Json => "a value".to_owned(),
        Ty::Vec(_) => "an array as its schema says".to_owned(),
        Ty::Map(_) => "an object as its schema says".to_owned(),
        Ty::Named(index) => match workflow.types.get(*index) {
            Some(TypeDef {
                ident,
                kind: TypeKind::Struct(_),
                ..
            }) => format!("an object (`{ident}`) as its schema says"),
            Some(TypeDef { ident, .. }) => format!("one of the values of `{ident}`"),
            None => "a value".to_owned(),
        },
        Ty::Option(inner) | Ty::Boxed(inner) => describe(inner, workflow),
    }
}

/// The module `types`; nothing where there are no types.
pub(super) fn module(workflow: &Workflow, krate: &TokenStream) -> TokenStream {
    if workflow.types.is_empty() {
        return TokenStream::new();
    }
    let prefix = TokenStream::new();
    let defs = workflow.types.iter().map(|def| match &def.kind {
        TypeKind::Struct(fields) => structure(def, fields, workflow, &prefix),
        TypeKind::Enum { variants, open } => enumeration(def, variants, *open),
    });
    quote! {
        /// The types that inputs and outputs consist of.
        pub mod types {
            #[allow(unused_imports)]
            use #krate::__private as __rt;
            use #krate::__private::serde as __serde;
            #(#defs)*
        }
    }
}

fn structure(
    def: &TypeDef,
    fields: &[crate::plan::types::Field],
    workflow: &Workflow,
    prefix: &TokenStream,
) -> TokenStream {
    let name = ident(&def.ident);
    let docs = doc::docs(
        def.docs.as_deref(),
        &format!("An object of the schema `{}`.", def.ident),
    );
    let members = fields.iter().map(|field| {
        let docs = doc::docs(
            field.docs.as_deref(),
            &format!("The member {}.", doc::name(&field.name)),
        );
        let (ident, wire) = (ident(&field.ident), &field.name);
        let of = ty(&field.ty, workflow, prefix);
        let optional = matches!(field.ty, Ty::Option(_))
            .then(|| quote!(, default, skip_serializing_if = "::std::option::Option::is_none"));
        quote! {
            #docs
            #[serde(rename = #wire #optional)]
            pub #ident: #of,
        }
    });
    let secret = fields.iter().any(|field| field.secret);
    let (derive, debug) = if secret {
        (quote!(), redacted(def, fields))
    } else {
        (quote!(Debug,), quote!())
    };
    quote! {
        #docs
        #[derive(Clone, #derive PartialEq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        #[non_exhaustive]
        pub struct #name {
            #(#members)*
            /// Members that the schema does not name.
            #[serde(flatten)]
            pub additional: ::std::collections::BTreeMap<::std::string::String, __rt::serde_json::Value>,
        }
        #debug
    }
}

fn redacted(def: &TypeDef, fields: &[crate::plan::types::Field]) -> TokenStream {
    let fields = fields.iter().map(|field| (field.ident.as_str(), field.secret));
    super::debug(&def.ident, fields)
}

fn enumeration(def: &TypeDef, variants: &[(String, String)], open: bool) -> TokenStream {
    let name = ident(&def.ident);
    let docs = doc::docs(def.docs.as_deref(), &format!("A value of the schema `{}`.", def.ident));
    let members = variants.iter().map(|(wire, variant)| {
        let docs = doc::plain(&doc::name(wire));
        let variant = ident(variant);
        quote! {
            #docs
            #[serde(rename = #wire)]
            #variant,
        }
    });
    let other = open.then(|| {
        quote! {
            /// A value that the schema does not name.
            #[serde(untagged)]
            Other(::std::string::String),
        }
    });
    let exhaustive = open.then(|| quote!(#[non_exhaustive]));
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq, Eq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        #exhaustive
        pub enum #name {
            #(#members)*
            #other
        }
    }
}
