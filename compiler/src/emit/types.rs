//! Generated types.

use std::borrow::Cow;

use super::code::{Code, quote};

use super::derive::{self, On};
use super::{Module, doc, ident};
use crate::plan::types::{Field, Home, Ty, TypeDef, TypeKind};
use crate::plan::{ApiModule, Plan, Workflow};

/// The module in which code is written. It determines the paths of types.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// In the module of a workflow.
    Workflow(usize),
    /// In its module `steps`.
    Steps(usize),
    /// In the module `types` of a workflow or an API.
    Types(Home),
}

impl Place {
    /// The path of a generated type.
    fn path(self, def: &TypeDef, plan: &Plan) -> Code {
        let name = ident(&def.ident);
        let above = |up: Code| {
            let module = ident(home_module(def.home, plan));
            quote!(#up #module::types::#name)
        };
        match (self, def.home) {
            (Self::Types(home), of) if home == of => quote!(#name),
            (Self::Workflow(here), Home::Workflow(of)) if here == of => quote!(types::#name),
            (Self::Steps(here), Home::Workflow(of)) if here == of => quote!(super::types::#name),
            (Self::Workflow(_), _) => above(quote!(super::)),
            (Self::Steps(_) | Self::Types(_), _) => above(quote!(super::super::)),
        }
    }
}

/// The name of the module around the module `types` of a home.
pub(super) fn home_module(home: Home, plan: &Plan) -> &str {
    let module = match home {
        Home::Workflow(index) => plan.workflow(index).map(|workflow| workflow.ident.as_str()),
        Home::Api(index) => plan.apis.get(index).map(|api| api.ident.as_str()),
    };
    module.unwrap_or_default()
}

/// A type, in Rust.
pub(super) fn ty(kind: &Ty, plan: &Plan, place: Place) -> Code {
    let inner = |inner: &Ty| ty(inner, plan, place);
    match kind {
        Ty::String => quote!(__rt::String),
        Ty::I64 => quote!(i64),
        Ty::I32 => quote!(i32),
        Ty::U64 => quote!(u64),
        Ty::F64 => quote!(f64),
        Ty::Bool => quote!(bool),
        Ty::Blob => quote!(__rt::Blob),
        Ty::Json => quote!(__rt::serde_json::Value),
        Ty::Vec(item) => {
            let item = inner(item);
            quote!(__rt::Vec<#item>)
        }
        Ty::Map(value) => {
            let value = inner(value);
            quote!(__rt::BTreeMap<__rt::String, #value>)
        }
        Ty::Named(index) => match plan.types.get(*index) {
            Some(def) => place.path(def, plan),
            None => quote!(__rt::serde_json::Value),
        },
        Ty::Option(value) => {
            let value = inner(value);
            quote!(__rt::Option<#value>)
        }
        Ty::Boxed(value) => {
            let value = inner(value);
            quote!(__rt::Box<#value>)
        }
    }
}

/// The name of a type's values in messages.
pub(super) fn describe(kind: &Ty, types: &[TypeDef]) -> String {
    match kind {
        Ty::String => "a string".to_owned(),
        Ty::I64 | Ty::I32 | Ty::U64 => "an integer".to_owned(),
        Ty::F64 => "a number".to_owned(),
        Ty::Blob => "bytes".to_owned(),
        Ty::Bool => "a boolean".to_owned(),
        Ty::Json => "a value".to_owned(),
        Ty::Vec(_) => "an array that matches its schema".to_owned(),
        Ty::Map(_) => "an object that matches its schema".to_owned(),
        Ty::Named(index) => match types.get(*index) {
            Some(TypeDef {
                ident,
                kind: TypeKind::Struct(_),
                ..
            }) => format!("an object (`{ident}`) that matches its schema"),
            Some(TypeDef { ident, .. }) => format!("one of the values of `{ident}`"),
            None => "a value".to_owned(),
        },
        Ty::Option(inner) | Ty::Boxed(inner) => describe(inner, types),
    }
}

/// The definitions of the types that are defined in one place.
fn definitions(home: Home, plan: &Plan) -> Code {
    let own = plan.types.iter().filter(|def| def.home == home);
    own.map(|def| match &def.kind {
        TypeKind::Struct(fields) => structure(def, fields, plan),
        TypeKind::Enum { variants, open } => enumeration(def, variants, *open, plan),
    })
    .collect()
}

/// The module of an API whose types several workflows share, if there are any.
pub(super) fn api(index: usize, api: &ApiModule, plan: &Plan) -> Option<Module> {
    let defs = definitions(Home::Api(index), plan);
    if defs.is_empty() {
        return None;
    }
    let docs = doc::plain(&format!(
        "Types of the API {}, shared by the workflows that call it.",
        doc::name(&api.name)
    ));
    let content = quote! {
        /// The types of its objects.
        pub mod types {
            #[allow(unused_imports)]
            use super::__rt;
            #defs
        }
    };
    Some(Module {
        before: docs.into_text(),
        name: api.ident.clone(),
        content: content.into_text(),
    })
}

/// The module `types` of a workflow: its own types, and those of the APIs that it calls.
pub(super) fn module(workflow: &Workflow, plan: &Plan) -> Code {
    let home = Home::Workflow(workflow.index);
    let defs = definitions(home, plan);
    let apis = apis(workflow, plan)
        .into_iter()
        .filter_map(|index| plan.apis.get(index));
    let apis: Vec<Code> = apis
        .map(|api| {
            let module = ident(&api.ident);
            quote!(#[allow(unused_imports)] pub use super::super::#module::types::*;)
        })
        .collect();
    if defs.is_empty() && apis.is_empty() {
        return Code::new();
    }
    quote! {
        /// The types that inputs and outputs consist of.
        pub mod types {
            #[allow(unused_imports)]
            use super::__rt;
            #(#apis)*
            #defs
        }
    }
}

/// The APIs whose types appear in inputs and outputs of a workflow.
fn apis(workflow: &Workflow, plan: &Plan) -> Vec<usize> {
    let inputs = workflow.inputs.iter().map(|input| &input.ty);
    let outputs = workflow
        .steps
        .iter()
        .flat_map(|step| &step.outputs)
        .chain(&workflow.outputs);
    let mut found = Vec::new();
    let errors = workflow.steps.iter().flat_map(|step| &step.errors).map(|(.., ty)| ty);
    for ty in inputs.chain(outputs.map(|output| &output.ty)).chain(errors) {
        if let Some(def) = named(ty).and_then(|index| plan.types.get(index))
            && let Home::Api(api) = def.home
            && !found.contains(&api)
        {
            found.push(api);
        }
    }
    found
}

/// The generated type within a type.
fn named(ty: &Ty) -> Option<usize> {
    match ty {
        Ty::Named(index) => Some(*index),
        Ty::Vec(inner) | Ty::Map(inner) | Ty::Option(inner) | Ty::Boxed(inner) => named(inner),
        _ => None,
    }
}

fn structure(def: &TypeDef, fields: &[Field], plan: &Plan) -> Code {
    let name = ident(&def.ident);
    let docs = doc::docs(
        def.docs.as_deref(),
        &format!("An object of the schema `{}`.", def.ident),
    );
    let here = Place::Types(def.home);
    let members = fields.iter().map(|field| {
        let docs = doc::docs(
            field.docs.as_deref(),
            &format!("The member {}.", doc::name(&field.name)),
        );
        let derived = derive::field(plan, (&field.ident, &field.name), &field.ty, here);
        let (ident, of) = (ident(&field.ident), ty(&field.ty, plan, here));
        quote!(#docs #derived pub #ident: #of,)
    });
    let names = fields.iter().map(|field| {
        let (ident, wire) = (ident(&field.ident), &field.name);
        let secret = field.secret.then(|| quote!(secret));
        quote!(#ident: #wire #secret)
    });
    let taken = |field: &Field| {
        let inner = match &field.ty {
            Ty::Option(inner) => inner,
            other => other,
        };
        let into = matches!(inner, Ty::String | Ty::Blob | Ty::Boxed(_)).then(|| quote!(into));
        let of = ty(inner, plan, here);
        quote!([#into] #of)
    };
    let (optional, required): (Vec<&Field>, Vec<&Field>) =
        fields.iter().partition(|field| matches!(field.ty, Ty::Option(_)));
    let arguments = required.iter().map(|field| {
        let (ident, of) = (ident(&field.ident), taken(field));
        quote!(#ident: #of)
    });
    let rest = optional.iter().map(|field| ident(&field.ident));
    let setters = optional.iter().map(|field| {
        let docs = doc::plain(&format!("Sets the member {}.", doc::name(&field.name)));
        let (field_ident, of) = (ident(&field.ident), taken(field));
        // `new` is the constructor.
        let method = ident(if field.ident == "new" { "new_" } else { &field.ident });
        quote!(#docs #method #field_ident: #of)
    });
    let setters = (!optional.is_empty()).then(|| quote!(__rt::setters!(#name { #(#setters),* });));
    let held = fields.iter().map(|field| Cow::Borrowed(&field.ty));
    let derived = derive::container(plan, On::Object, held);
    let described = derive::described_type(plan, def);
    let additional = derive::additional(plan);
    let boxed = def.boxed.then(|| quote!(__rt::boxed_type!(#name);));
    quote! {
        #docs
        #[derive(Clone)]
        #derived
        #[non_exhaustive]
        pub struct #name {
            #(#members)*
            /// Members that the schema does not name.
            #additional
            pub additional: __rt::Additional,
        }
        __rt::object_type!(#name { #(#names),* });
        #boxed
        #described
        __rt::constructor!(#[doc = " Takes the required members. The optional ones have setters."] #name(#(#arguments),*) { #(#rest,)* additional });
        #setters
    }
}

fn enumeration(def: &TypeDef, variants: &[(String, String)], open: bool, plan: &Plan) -> Code {
    let name = ident(&def.ident);
    let docs = doc::docs(def.docs.as_deref(), &format!("A value of the schema `{}`.", def.ident));
    let members = variants.iter().map(|(wire, variant)| {
        let docs = doc::plain(&doc::name(wire));
        let derived = derive::variant(plan, wire);
        let variant = ident(variant);
        quote!(#docs #derived #variant,)
    });
    let names = variants.iter().map(|(wire, variant)| {
        let variant = ident(variant);
        quote!(#variant: #wire)
    });
    let other = open.then(|| {
        let derived = derive::other(plan);
        quote! {
            /// A value that the schema does not name.
            #derived
            Other(__rt::String),
        }
    });
    let derived = derive::container(plan, On::Enum { open }, std::iter::empty());
    let described = derive::described_type(plan, def);
    let exhaustive = open.then(|| quote!(#[non_exhaustive]));
    let table = ident(if open { "open_choice_type" } else { "choice_type" });
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq, Eq)]
        #derived
        #exhaustive
        pub enum #name {
            #(#members)*
            #other
        }
        __rt::#table!(#name { #(#names),* });
        #described
    }
}
