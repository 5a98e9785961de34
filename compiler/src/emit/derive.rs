//! The traits that the option `derives` adds to generated types.
//!
//! A derive sees Rust's names, the field `additional` and the variant `Other`. Two traits describe JSON:
//! `schemars::JsonSchema` is derived with attributes, and `utoipa::ToSchema`, whose derive knows types by their names
//! alone and cannot describe all of these, is implemented.

use std::borrow::Cow;

use super::code::{Code, quote};

use super::ident;
use super::types::{Place, home_module, ty};
use crate::plan::Plan;
use crate::plan::json_schema::{self, Member};
use crate::plan::types::{Home, Ty, TypeDef, TypeKind};

const UTOIPA: &str = "utoipa::ToSchema";
const SCHEMARS: &str = "schemars::JsonSchema";

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

/// Returns the attribute `#[derive(…)]` of a type.
pub(super) fn container<'t>(plan: &Plan, on: On, fields: impl Iterator<Item = Cow<'t, Ty>>) -> Option<Code> {
    // Most users have no derives, and a description can have thousands of types.
    if plan.derives.is_empty() {
        return None;
    }
    let fields: Vec<Cow<'t, Ty>> = fields.collect();
    let wanted = plan.derives.iter().filter(|path| adds(path, on, &fields, plan));
    let derives: Vec<Code> = wanted.map(|path| Code::of(path)).collect();
    (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]))
}

/// Whether a path is that of a trait, perhaps in a crate that exports the trait's crate.
fn is(path: &str, known: &str) -> bool {
    path.strip_suffix(known)
        .is_some_and(|before| before.is_empty() || before.ends_with("::"))
}

/// Returns the path of the trait in the option, if it is there.
fn wanted<'p>(plan: &'p Plan, known: &str) -> Option<&'p str> {
    plan.derives.iter().map(String::as_str).find(|path| is(path, known))
}

/// Whether a derive is added to a type: it has some of the traits already, and cannot have others.
fn adds(path: &str, on: On, fields: &[Cow<'_, Ty>], plan: &Plan) -> bool {
    match (path.trim_start_matches("::"), on) {
        ("Clone" | "Debug" | "PartialEq" | "serde::Serialize" | "serde::Deserialize", _)
        | ("Eq", On::Enum { .. })
        | ("Default", On::Enum { .. } | On::Struct { default: true })
        | ("Copy", On::Enum { open: true })
        | ("Copy" | "Ord" | "PartialOrd", On::Object) => false,
        ("Copy" | "Default" | "Eq" | "Hash" | "Ord" | "PartialOrd", _) => {
            fields.iter().all(|of| has(path, of, plan, &mut Vec::new()))
        }
        (path, _) => !is(path, UTOIPA),
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
                let all = fields.iter().all(|field| has(path, &field.ty, plan, open));
                open.pop();
                all
            }
        },
    }
}

/// Returns the attributes of a field.
pub(super) fn field(plan: &Plan, (name, wire): (&str, &str), of: &Ty, place: Place) -> Option<Code> {
    wanted(plan, SCHEMARS)?;
    let rename = (name.trim_start_matches("r#") != wire).then(|| quote!(rename = #wire,));
    let value = without_files(of).map(|of| {
        let of = ty(&of, plan, place).as_str().to_owned();
        quote!(with = #of,)
    });
    (rename.is_some() || value.is_some()).then(|| quote!(#[schemars(#rename #value)]))
}

/// Returns the attribute of the field with the members that a schema does not name.
pub(super) fn additional(plan: &Plan) -> Option<Code> {
    wanted(plan, SCHEMARS).map(|_| quote!(#[schemars(flatten)]))
}

/// Returns the attribute of a variant of an enum.
pub(super) fn variant(plan: &Plan, wire: &str) -> Option<Code> {
    wanted(plan, SCHEMARS).map(|_| quote!(#[schemars(rename = #wire)]))
}

/// Returns the attribute of the variant `Other`.
pub(super) fn other(plan: &Plan) -> Option<Code> {
    wanted(plan, SCHEMARS).map(|_| quote!(#[schemars(untagged)]))
}

/// Returns the type with any JSON in place of files, whose JSON schemars cannot be told; `None` if there are none.
fn without_files(of: &Ty) -> Option<Ty> {
    let inner = |of: &Ty| Some(Box::new(without_files(of)?));
    match of {
        Ty::Blob => Some(Ty::Json),
        Ty::Vec(of) => inner(of).map(Ty::Vec),
        Ty::Map(of) => inner(of).map(Ty::Map),
        Ty::Option(of) => inner(of).map(Ty::Option),
        Ty::Boxed(of) => inner(of).map(Ty::Boxed),
        _ => None,
    }
}

/// Returns the implementation of `utoipa::ToSchema` for inputs or outputs.
pub(super) fn described<'m>(
    plan: &Plan,
    name: &str,
    docs: &str,
    module: &[&str],
    members: impl Iterator<Item = Member<'m>>,
    place: Place,
) -> Option<Code> {
    let path = wanted(plan, UTOIPA)?;
    let (schema, types) = json_schema::object(members, docs, &plan.types, &|index| reference(plan, index));
    let full = component(module.iter().copied().chain([name]));
    Some(to_schema(path, name, &full, &schema, &types, plan, place))
}

/// Returns the implementation of `utoipa::ToSchema` for a generated type.
pub(super) fn described_type(plan: &Plan, def: &TypeDef) -> Option<Code> {
    let path = wanted(plan, UTOIPA)?;
    let (schema, types) = json_schema::definition_of(def, &plan.types, &|index| reference(plan, index));
    Some(to_schema(
        path,
        &def.ident,
        &full_name(plan, def),
        &schema,
        &types,
        plan,
        Place::Types(def.home),
    ))
}

fn to_schema(path: &str, name: &str, full: &str, schema: &str, types: &[usize], plan: &Plan, place: Place) -> Code {
    let utoipa = Code::of(path.trim_end_matches("::ToSchema"));
    let name = ident(name);
    let collected = types.iter().filter_map(|index| {
        let full = full_name(plan, plan.types.get(*index)?);
        let of = ty(&Ty::Named(*index), plan, place);
        Some(quote! {
            if !schemas.iter().any(|(known, _)| known == #full) {
                schemas.push((#full.to_owned(), <#of as #utoipa::PartialSchema>::schema()));
                <#of as #utoipa::ToSchema>::schemas(schemas);
            }
        })
    });
    quote! {
        impl #utoipa::PartialSchema for #name {
            fn schema() -> #utoipa::openapi::RefOr<#utoipa::openapi::Schema> {
                __rt::serde_json::from_str(#schema).unwrap_or_else(|error| {
                    let problem = ::std::format!("utoipa cannot read the schema of `{}`: {error}", #full);
                    let any = #utoipa::openapi::schema::SchemaType::AnyValue;
                    let any = #utoipa::openapi::ObjectBuilder::new().schema_type(any);
                    any.description(::std::option::Option::Some(problem)).build().into()
                })
            }
        }

        impl #utoipa::ToSchema for #name {
            fn name() -> ::std::borrow::Cow<'static, str> {
                #full.into()
            }

            #[allow(unused_variables)]
            fn schemas(
                schemas: &mut ::std::vec::Vec<(
                    ::std::string::String,
                    #utoipa::openapi::RefOr<#utoipa::openapi::Schema>,
                )>,
            ) {
                #(#collected)*
            }
        }
    }
}

fn reference(plan: &Plan, index: usize) -> String {
    let name = plan.types.get(index).map(|def| full_name(plan, def));
    format!("#/components/schemas/{}", name.unwrap_or_default())
}

/// The name of a generated type among the components of an OpenAPI description. Every workflow has `Inputs` and
/// `Outputs`, and may have a type of that name.
fn full_name(plan: &Plan, def: &TypeDef) -> String {
    let module = home_module(def.home, plan);
    match def.home {
        Home::Workflow(_) => component([module, "types", &def.ident].into_iter()),
        Home::Api(_) => component([module, &def.ident].into_iter()),
    }
}

/// Joins the parts of a name (OpenAPI 3.1.1, "Components Object": letters, digits, `.`, `-` and `_`).
fn component<'p>(parts: impl Iterator<Item = &'p str>) -> String {
    let mut name = String::new();
    for part in parts {
        if !name.is_empty() {
            name.push('.');
        }
        for letter in part.trim_start_matches("r#").chars() {
            if letter.is_ascii_alphanumeric() || letter == '_' {
                name.push(letter);
            } else {
                name.push_str(&format!("-{:x}-", u32::from(letter)));
            }
        }
    }
    name
}
