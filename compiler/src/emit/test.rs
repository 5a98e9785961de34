//! Conditions as Rust expressions.

use super::code::{Code, literal, quote};

use super::ident;
use super::value::{Scope, fixed_query};
use crate::plan::{Engine, QueryPiece, Segment, Test, Value, ValueKind};
use crate::program::Source;
use crate::syntax::condition::Operator;

/// The runtime type for queries of an engine.
pub(super) fn engine_type(engine: Engine) -> Code {
    ident(match engine {
        Engine::JsonPath => "JsonPath",
        Engine::XPath => "XPath",
        Engine::XPath31 => "XPath31",
    })
}

/// A comparison such as `$statusCode == 200`, which needs no values at all.
pub(super) fn status_comparison(left: &Value, operator: Operator, right: &Value) -> Option<Code> {
    let (ValueKind::Reference(read), Some(json)) = (&left.kind, right.literal()) else {
        return None;
    };
    if read.source != Source::StatusCode {
        return None;
    }
    let status: u16 = json.trim_matches('"').parse().ok()?;
    let status = literal(status);
    Some(match operator {
        Operator::Equal => quote!(exchange.is(#status)),
        Operator::NotEqual => quote!(!exchange.is(#status)),
        Operator::Less => quote!(exchange.status().is_some_and(|status| status < #status)),
        Operator::LessOrEqual => quote!(exchange.status().is_some_and(|status| status <= #status)),
        Operator::Greater => quote!(exchange.status().is_some_and(|status| status > #status)),
        Operator::GreaterOrEqual => quote!(exchange.status().is_some_and(|status| status >= #status)),
    })
}

impl Scope<'_> {
    /// An expression of type `bool`.
    pub(super) fn check(&self, check: &Test) -> Code {
        match check {
            Test::Or(parts) => {
                let parts = parts.iter().map(|part| self.grouped(part));
                quote!(#(#parts)||*)
            }
            Test::And(parts) => {
                let parts = parts.iter().map(|part| self.grouped(part));
                quote!(#(#parts)&&*)
            }
            Test::Not(inner) => {
                let inner = self.check(inner);
                quote!(!(#inner))
            }
            Test::Compare(left, operator, right) => self.compare(left, *operator, right),
            Test::Regex(value, pattern) => {
                let value = self.datum(value, "a condition");
                if let [Segment::Text(text)] = pattern.as_slice() {
                    return quote!({
                        static PATTERN: ::std::sync::LazyLock<__rt::Regex> = ::std::sync::LazyLock::new(|| __rt::Regex::new(#text));
                        PATTERN.is_match(#value.as_ref())
                    });
                }
                let pushes = pattern.iter().map(|piece| match piece {
                    Segment::Text(text) => quote!(text.push_str(#text);),
                    Segment::Reference(read) => {
                        let read = self.read(read);
                        quote!(text.push_str(&#read?.text());)
                    }
                });
                quote!(__rt::matches(
                    (|| {
                        let mut text = ::std::string::String::new();
                        #(#pushes)*
                        Some(text)
                    })(),
                    #value.as_ref(),
                ))
            }
            Test::Query(value, query) => {
                let value = self.datum(value, "a condition");
                if let [QueryPiece::Text(text)] = query.pieces.as_slice() {
                    let (definition, query) = fixed_query(query.engine, text);
                    return quote!({ #definition #query.is_met(#value.as_ref()) });
                }
                let text = self.query_text(query.engine, &query.pieces);
                let engine = engine_type(query.engine);
                quote!(#text.is_some_and(|text| __rt::#engine::new(&text).is_met(#value.as_ref())))
            }
            Test::Present(value) => {
                let value = self.datum(value, "a condition");
                quote!(#value.is_some())
            }
            Test::Json(value) => {
                let json = match &value.kind {
                    ValueKind::Reference(read) if read.source == Source::ResponseBody && read.pointer.is_empty() => {
                        quote!(found.is_json() && )
                    }
                    _ => Code::new(),
                };
                let value = self.datum(value, "a condition");
                quote!(#json !__rt::equal(#value.as_ref(), None))
            }
            Test::Truthy(value) => {
                let value = self.datum(value, "a condition");
                quote!(__rt::truthy(#value.as_ref()))
            }
            Test::Invalid => quote!(false),
        }
    }

    /// An expression of type `Option<String>`: a query that contains values. It is `None` if a value is absent or would
    /// change the structure around it.
    fn query_text(&self, engine: Engine, pieces: &[QueryPiece]) -> Code {
        let pushes = pieces.iter().map(|piece| match piece {
            QueryPiece::Text(piece) => quote!(text.push_str(#piece);),
            QueryPiece::Bare(read) => {
                let read = self.read(read);
                quote!(text.push_str(&__rt::bare(&#read?)?);)
            }
            QueryPiece::Value(read) => {
                let read = self.read(read);
                quote!(text.push_str(&__rt::jsonpath_value(&#read?)?);)
            }
            QueryPiece::Literal(quote, parts) if engine == Engine::JsonPath => {
                let parts = parts.iter().map(|part| match part {
                    Segment::Text(part) => quote!(text.push_str(#part);),
                    Segment::Reference(read) => {
                        let read = self.read(read);
                        quote!(text.push_str(&__rt::jsonpath_escaped(&#read?.text(), #quote));)
                    }
                });
                quote!(text.push(#quote); #(#parts)* text.push(#quote);)
            }
            QueryPiece::Literal(quote, parts) => {
                let doubled = format!("{quote}{quote}");
                let parts = parts.iter().map(|part| match part {
                    Segment::Text(part) => {
                        let part = part.replace(&doubled, &quote.to_string());
                        quote!(literal.push_str(#part);)
                    }
                    Segment::Reference(read) => {
                        let read = self.read(read);
                        quote!(literal.push_str(&#read?.text());)
                    }
                });
                quote!(text.push_str(&__rt::xpath_literal(&{
                    let mut literal = ::std::string::String::new();
                    #(#parts)*
                    literal
                }));)
            }
        });
        quote!((|| {
            let mut text = ::std::string::String::new();
            #(#pushes)*
            Some(text)
        })())
    }

    fn grouped(&self, check: &Test) -> Code {
        let inner = self.check(check);
        if matches!(check, Test::Or(_) | Test::And(_)) {
            quote!((#inner))
        } else {
            inner
        }
    }

    fn compare(&self, left: &Value, operator: Operator, right: &Value) -> Code {
        if let Some(status) = status_comparison(left, operator, right) {
            return status;
        }
        let (left, right) = (self.datum(left, "a condition"), self.datum(right, "a condition"));
        let (left, right) = (quote!(#left.as_ref()), quote!(#right.as_ref()));
        let method = match operator {
            Operator::Equal => return quote!(__rt::equal(#left, #right)),
            Operator::NotEqual => return quote!(!__rt::equal(#left, #right)),
            Operator::Less => quote!(is_lt),
            Operator::LessOrEqual => quote!(is_le),
            Operator::Greater => quote!(is_gt),
            Operator::GreaterOrEqual => quote!(is_ge),
        };
        quote!(__rt::order(#left, #right).is_some_and(::std::cmp::Ordering::#method))
    }
}
