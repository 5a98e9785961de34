//! The derives that the option `derives` adds to generated types.
//!
//! A derive sees Rust's names, the field `additional` and the variant `Other`. The two that describe JSON get attributes,
//! so that they describe what the types really read and write.

use proc_macro2::TokenStream;
use quote::quote;

use super::ident;
use super::types::{Place, ty};
use crate::plan::Plan;
use crate::plan::types::{Ty, TypeDef, TypeKind};

/// The kind of a generated type, as far as it decides which derives the type gets.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum On {
    /// Inputs or outputs. `default`: the type implements `Default`.
    Struct { default: bool },
    /// An object of a schema, with the field `additional`.
    Object,
    /// An enum. `open`: with the variant `Other`.
    Enum { open: bool },
}

/// A trait whose derive is given attributes.
#[derive(Clone, Copy, PartialEq)]
enum Describes {
    /// `utoipa::ToSchema`
    Utoipa,
    /// `schemars::JsonSchema`
    Schemars,
}

impl Describes {
    fn of(path: &str) -> Option<Self> {
        match path.rsplit("::").next()? {
            "ToSchema" => Some(Self::Utoipa),
            "JsonSchema" => Some(Self::Schemars),
            _ => None,
        }
    }
}

/// Returns the attributes of a type: `#[derive(…)]` and the name of its schema.
pub(super) fn container(plan: &Plan, on: On, fields: &[&Ty], name: &str, module: &[&str]) -> TokenStream {
    let wanted = plan.derives.iter().filter(|path| adds(path, on, fields, plan));
    let derives: Vec<TokenStream> = wanted.map(|path| path.parse().unwrap_or_default()).collect();
    if derives.is_empty() {
        return TokenStream::new();
    }
    // Every workflow has `Inputs` and `Outputs`; utoipa keeps one schema for each name.
    let full = module.iter().copied().chain([name]).map(ident);
    let named = (describes(plan, Describes::Utoipa) && on != On::Enum { open: true })
        .then(|| quote!(#[schema(as = #(#full)::*)]));
    quote!(#[derive(#(#derives),*)] #named)
}

/// Whether a derive is added to a type: it has some of the traits already, and cannot have others.
fn adds(path: &str, on: On, fields: &[&Ty], plan: &Plan) -> bool {
    match (path, on) {
        ("Clone" | "Debug" | "PartialEq" | "serde::Serialize" | "serde::Deserialize", _)
        | ("Eq", On::Enum { .. })
        | ("Default", On::Enum { .. } | On::Struct { default: true })
        | ("Copy", On::Enum { open: true }) => false,
        ("Copy" | "Ord" | "PartialOrd", On::Object) => false,
        ("Copy" | "Default" | "Eq" | "Hash" | "Ord" | "PartialOrd", _) => {
            fields.iter().all(|of| has(path, of, plan, &mut Vec::new()))
        }
        // utoipa cannot describe `Other`. Fields of the type are described as strings.
        _ => Describes::of(path) != Some(Describes::Utoipa) || on != (On::Enum { open: true }),
    }
}

/// Whether values of a type can have a trait of the standard library.
fn has(path: &str, of: &Ty, plan: &Plan, open: &mut Vec<usize>) -> bool {
    match of {
        Ty::I64 | Ty::I32 | Ty::U64 | Ty::Bool => true,
        Ty::F64 => !matches!(path, "Eq" | "Hash" | "Ord"),
        Ty::String => path != "Copy",
        Ty::Json => !matches!(path, "Copy" | "Ord" | "PartialOrd"),
        Ty::Blob => matches!(path, "Default" | "Eq"),
        Ty::Vec(_) | Ty::Map(_) | Ty::Option(_) if path == "Default" => true,
        Ty::Option(of) => has(path, of, plan, open),
        Ty::Vec(of) | Ty::Map(of) | Ty::Boxed(of) => path != "Copy" && has(path, of, plan, open),
        Ty::Named(index) => match plan.types.get(*index).map(|def| &def.kind) {
            None => false,
            Some(TypeKind::Enum { open, .. }) => match path {
                "Default" => false,
                "Copy" => !open,
                _ => true,
            },
            Some(TypeKind::Struct(_)) if matches!(path, "Copy" | "Ord" | "PartialOrd") => false,
            // A type that contains itself has the trait if its other fields have it.
            Some(TypeKind::Struct(_)) if open.contains(index) => path != "Default",
            Some(TypeKind::Struct(fields)) => {
                open.push(*index);
                fields.iter().all(|field| has(path, &field.ty, plan, open))
            }
        },
    }
}

fn describes(plan: &Plan, trait_: Describes) -> bool {
    plan.derives.iter().any(|path| Describes::of(path) == Some(trait_))
}

/// Returns the attributes of a field. `owner` is the generated type that it belongs to, if that can contain itself.
pub(super) fn field(
    plan: &Plan,
    (name, wire): (&str, &str),
    of: &Ty,
    place: Place,
    owner: Option<&TypeDef>,
) -> TokenStream {
    if plan.derives.is_empty() {
        return TokenStream::new();
    }
    let renamed = name.trim_start_matches("r#") != wire;
    let mut attributes = TokenStream::new();
    if describes(plan, Describes::Utoipa) {
        let rename = renamed.then(|| quote!(rename = #wire,));
        let value = written(of, plan, Describes::Utoipa).map(|of| {
            let of = ty(&of, plan, place);
            quote!(value_type = #of,)
        });
        let circular = owner
            .is_some_and(|owner| circular(of, owner, plan))
            .then(|| quote!(no_recursion,));
        if rename.is_some() || value.is_some() || circular.is_some() {
            attributes.extend(quote!(#[schema(#rename #value #circular)]));
        }
    }
    if describes(plan, Describes::Schemars) {
        let rename = renamed.then(|| quote!(rename = #wire,));
        let value = written(of, plan, Describes::Schemars).map(|of| {
            let of = ty(&of, plan, place).to_string();
            quote!(with = #of,)
        });
        if rename.is_some() || value.is_some() {
            attributes.extend(quote!(#[schemars(#rename #value)]));
        }
    }
    attributes
}

/// Returns the attributes of the field with the members that a schema does not name.
pub(super) fn additional(plan: &Plan) -> TokenStream {
    // Without `additionalProperties`, an object may have more members.
    let utoipa = describes(plan, Describes::Utoipa).then(|| quote!(#[schema(ignore)]));
    let schemars = describes(plan, Describes::Schemars).then(|| quote!(#[schemars(flatten)]));
    quote!(#utoipa #schemars)
}

/// Returns the attributes of a variant of an enum.
pub(super) fn variant(plan: &Plan, wire: &str, open: bool) -> TokenStream {
    let utoipa = (describes(plan, Describes::Utoipa) && !open).then(|| quote!(#[schema(rename = #wire)]));
    let schemars = describes(plan, Describes::Schemars).then(|| quote!(#[schemars(rename = #wire)]));
    quote!(#utoipa #schemars)
}

/// Returns the attributes of the variant `Other`.
pub(super) fn other(plan: &Plan) -> TokenStream {
    let schemars = describes(plan, Describes::Schemars).then(|| quote!(#[schemars(untagged)]));
    quote!(#schemars)
}

/// Returns the type that describes the JSON of a field; `None` if its own does.
fn written(of: &Ty, plan: &Plan, trait_: Describes) -> Option<Ty> {
    let inner = |of: &Ty| Some(Box::new(written(of, plan, trait_)?));
    match of {
        // `{"$base64": "…"}`, perhaps with `name` and `type`.
        Ty::Blob => Some(Ty::Map(Box::new(Ty::String))),
        Ty::Named(index) => match plan.types.get(*index)?.kind {
            TypeKind::Enum { open: true, .. } if trait_ == Describes::Utoipa => Some(Ty::String),
            _ => None,
        },
        Ty::Vec(of) => inner(of).map(Ty::Vec),
        Ty::Map(of) => inner(of).map(Ty::Map),
        Ty::Option(of) => inner(of).map(Ty::Option),
        Ty::Boxed(of) => written(of, plan, trait_),
        _ => None,
    }
}

/// Whether a generated type contains itself through a field of this type.
fn circular(of: &Ty, owner: &TypeDef, plan: &Plan) -> bool {
    let mut seen = vec![false; plan.types.len()];
    let mut open: Vec<usize> = super::types::named(of).into_iter().collect();
    while let Some(index) = open.pop() {
        let Some(def) = plan.types.get(index) else { continue };
        if std::ptr::eq(def, owner) {
            return true;
        }
        if !std::mem::replace(&mut seen[index], true)
            && let TypeKind::Struct(fields) = &def.kind
        {
            open.extend(fields.iter().filter_map(|field| super::types::named(&field.ty)));
        }
    }
    false
}
