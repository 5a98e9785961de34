//! The invocation: a path and options.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, LitStr, Result, Token, braced, bracketed, parenthesized};

mod keyword {
    syn::custom_keyword!(sources);
    syn::custom_keyword!(workflows);
    syn::custom_keyword!(rename);
}

/// What stands between the parentheses of the macro call.
pub(crate) struct Invocation {
    /// `$crate`, from the façade.
    pub(crate) home: TokenStream,
    /// The path of the document.
    pub(crate) document: LitStr,
    /// `sources = { name = "path" }`
    pub(crate) sources: Vec<(String, LitStr)>,
    /// `workflows = ["id"]`
    pub(crate) workflows: Vec<String>,
    /// `rename = { "id" = name }`
    pub(crate) rename: Vec<(String, String)>,
}

impl Parse for Invocation {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let home;
        parenthesized!(home in input);
        let home = home.parse()?;
        if input.is_empty() {
            return Err(input.error("expected the path of an Arazzo document, such as \"workflow.arazzo.yaml\""));
        }
        let mut invocation = Self {
            home,
            document: input.parse()?,
            sources: Vec::new(),
            workflows: Vec::new(),
            rename: Vec::new(),
        };
        let mut seen: Vec<String> = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            invocation.option(input, &mut seen)?;
        }
        Ok(invocation)
    }
}

impl Invocation {
    fn option(&mut self, input: ParseStream<'_>, seen: &mut Vec<String>) -> Result<()> {
        let next = input.lookahead1();
        let known = next.peek(keyword::sources) || next.peek(keyword::workflows) || next.peek(keyword::rename);
        if !known {
            return Err(next.error());
        }
        let name: Ident = input.parse()?;
        if seen.contains(&name.to_string()) {
            return Err(Error::new(name.span(), format!("the option `{name}` is given twice")));
        }
        seen.push(name.to_string());
        input.parse::<Token![=]>()?;
        if name == "workflows" {
            let list;
            bracketed!(list in input);
            let ids = Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?;
            self.workflows = ids.iter().map(LitStr::value).collect();
        } else if name == "sources" {
            let list;
            braced!(list in input);
            let pairs = Punctuated::<Source, Token![,]>::parse_terminated(&list)?;
            self.sources = pairs.into_iter().map(|pair| (pair.name, pair.path)).collect();
        } else {
            let list;
            braced!(list in input);
            let pairs = Punctuated::<Rename, Token![,]>::parse_terminated(&list)?;
            self.rename = pairs.into_iter().map(|pair| (pair.id, pair.name)).collect();
        }
        Ok(())
    }
}

/// `name = "path"`; a name that is no identifier stands in quotes.
struct Source {
    name: String,
    path: LitStr,
}

impl Parse for Source {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name = if input.peek(LitStr) {
            input.parse::<LitStr>()?.value()
        } else {
            input.parse::<Ident>()?.to_string()
        };
        input.parse::<Token![=]>()?;
        Ok(Self {
            name,
            path: input.parse()?,
        })
    }
}

/// `"id" = name`
struct Rename {
    id: String,
    name: String,
}

impl Parse for Rename {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let id = input.parse::<LitStr>()?.value();
        input.parse::<Token![=]>()?;
        Ok(Self {
            id,
            name: input.parse::<Ident>()?.to_string(),
        })
    }
}
