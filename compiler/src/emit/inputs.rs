//! `Inputs`, `PartialInputs` and `Input`.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::ty;
use super::{debug, doc, ident};
use crate::plan::types::Ty;
use crate::plan::{Input, Workflow};

/// The type of a field that holds an input which need not be given.
fn optional(input: &Input, workflow: &Workflow) -> TokenStream {
    let inner = ty(&input.ty, workflow, &quote!(types::));
    quote!(::std::option::Option<#inner>)
}

/// How a setter takes a value, and how it is kept.
fn taken(input: &Input, workflow: &Workflow) -> (TokenStream, TokenStream) {
    let name = ident(&input.ident);
    if input.ty == Ty::String {
        return (
            quote!(impl ::std::convert::Into<::std::string::String>),
            quote!(#name.into()),
        );
    }
    if input.ty == Ty::Blob {
        return (quote!(impl ::std::convert::Into<__rt::Blob>), quote!(#name.into()));
    }
    let of = ty(&input.ty, workflow, &quote!(types::));
    (of, quote!(#name))
}

fn field_attributes(input: &Input, optional: bool) -> TokenStream {
    let wire = &input.name;
    let rest = optional.then(|| {
        // Null and absence of a nullable input are two things.
        let nullable = matches!(input.ty, Ty::Option(_)).then(|| quote!(, deserialize_with = "__rt::nullable"));
        quote!(, default, skip_serializing_if = "::std::option::Option::is_none" #nullable)
    });
    quote!(#[serde(rename = #wire #rest)])
}

pub(super) fn emit(workflow: &Workflow) -> TokenStream {
    let inputs = &workflow.inputs;
    let id = doc::name(&workflow.id);
    let fields = inputs.iter().map(|input| {
        let docs = doc::docs(input.docs.as_deref(), &format!("The input {}.", doc::name(&input.name)));
        let attributes = field_attributes(input, !input.required);
        let name = ident(&input.ident);
        let of = if input.required {
            ty(&input.ty, workflow, &quote!(types::))
        } else {
            optional(input, workflow)
        };
        quote!(#docs #attributes pub #name: #of,)
    });
    let partial_fields = inputs.iter().map(|input| {
        let docs = doc::docs(input.docs.as_deref(), &format!("The input {}.", doc::name(&input.name)));
        let attributes = field_attributes(input, true);
        let name = ident(&input.ident);
        let of = optional(input, workflow);
        quote!(#docs #attributes pub #name: #of,)
    });
    let required: Vec<&Input> = inputs.iter().filter(|input| input.required).collect();
    let arguments = required.iter().map(|input| {
        let name = ident(&input.ident);
        let (of, _) = taken(input, workflow);
        quote!(#name: #of)
    });
    let initial = inputs.iter().map(|input| {
        let name = ident(&input.ident);
        if input.required {
            let (_, kept) = taken(input, workflow);
            quote!(#name: #kept)
        } else {
            quote!(#name: None)
        }
    });
    let setter = |input: &Input, wrap: bool| {
        let name = ident(&input.ident);
        let (of, kept) = taken(input, workflow);
        let kept = if wrap { quote!(Some(#kept)) } else { kept };
        let docs = doc::plain(&format!("Sets the input {}.", doc::name(&input.name)));
        quote! {
            #docs
            #[must_use]
            pub fn #name(mut self, #name: #of) -> Self {
                self.#name = #kept;
                self
            }
        }
    };
    let setters = inputs
        .iter()
        .filter(|input| !input.required)
        .map(|input| setter(input, true));
    let partial_setters = inputs.iter().map(|input| setter(input, true));
    let converted = inputs.iter().map(|input| {
        let name = ident(&input.ident);
        if input.required {
            quote!(#name: Some(inputs.#name))
        } else {
            quote!(#name: inputs.#name)
        }
    });
    let secrets = inputs.iter().any(|input| input.secret);
    let derive = if secrets { quote!() } else { quote!(Debug,) };
    let debugs = if secrets {
        let of = |name: &str| debug(name, inputs.iter().map(|input| (input.ident.as_str(), input.secret)));
        let (whole, partial) = (of("Inputs"), of("PartialInputs"));
        quote!(#whole #partial)
    } else {
        quote!()
    };
    let title = doc::plain(&format!("The inputs of the workflow {id}."));
    let partial_title = doc::plain(&format!("The inputs of the workflow {id} that are known so far."));
    let constructor = doc::plain(if required.is_empty() {
        "No input is required."
    } else {
        "Takes the required inputs; the others have setters."
    });
    let unused = if inputs.is_empty() {
        quote!(_inputs: Inputs)
    } else {
        quote!(inputs: Inputs)
    };
    let must_use_default = required.is_empty().then(|| {
        quote! {
            impl ::std::default::Default for Inputs {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    });
    let variants = variants(workflow);
    quote! {
        #title
        #[derive(Clone, #derive PartialEq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        pub struct Inputs {
            #(#fields)*
        }

        impl Inputs {
            #constructor
            #[allow(clippy::too_many_arguments)]
            #[must_use]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#initial),* }
            }
            #(#setters)*
        }
        #must_use_default

        #partial_title
        #[derive(Clone, #derive Default, PartialEq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        pub struct PartialInputs {
            #(#partial_fields)*
        }

        impl PartialInputs {
            /// No input is known yet.
            #[must_use]
            pub fn new() -> Self {
                <Self as ::std::default::Default>::default()
            }
            #(#partial_setters)*
        }

        impl ::std::convert::From<Inputs> for PartialInputs {
            fn from(#unused) -> Self {
                Self { #(#converted),* }
            }
        }
        #debugs
        #variants
    }
}

fn variants(workflow: &Workflow) -> TokenStream {
    let title = doc::plain(&format!("An input of the workflow {}.", doc::name(&workflow.id)));
    let members = workflow.inputs.iter().map(|input| {
        let docs = doc::plain(&doc::name(&input.name));
        let variant = ident(&input.variant);
        quote!(#docs #variant,)
    });
    let names = workflow.inputs.iter().map(|input| {
        let (variant, name) = (ident(&input.variant), &input.name);
        quote!(Self::#variant => #name,)
    });
    let name = super::name_method(
        workflow.inputs.is_empty(),
        &quote!(#(#names)*),
        "The name of the input in the document.",
    );
    let shown = super::shown("Input");
    quote! {
        #title
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Input {
            #(#members)*
        }

        impl Input {
            #name
        }

        #shown
    }
}
