//! Values and conditions as Rust expressions.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::ident;
use crate::condition::Operator;
use crate::plan::{Engine, JsonPiece, QueryPiece, Read, Segment, Test, Value, ValueKind, Workflow};
use crate::program::Source;
use crate::program::value::quote_json;

/// What the values of one function may refer to.
pub(super) struct Scope<'w> {
    pub(super) workflow: &'w Workflow,
    /// The pointers that `body` has read, in their order.
    pub(super) pointers: Vec<Vec<String>>,
}

fn line_column(place: (usize, usize)) -> (Literal, Literal) {
    let narrow = |number: usize| Literal::u32_unsuffixed(u32::try_from(number).unwrap_or(u32::MAX));
    (narrow(place.0), narrow(place.1))
}

fn tokens_of(pointer: &[String]) -> TokenStream {
    quote!(&[#(#pointer),*])
}

impl Scope<'_> {
    /// An expression of type `Option<Datum<'_>>`.
    pub(super) fn read(&self, read: &Read) -> TokenStream {
        let pointer = &read.pointer;
        let base = match &read.source {
            Source::ResponseBody => {
                let index = self.pointers.iter().position(|known| known == pointer).unwrap_or(0);
                let index = Literal::usize_unsuffixed(index);
                return quote!(found.get(#index));
            }
            Source::RequestBody => {
                let pointer = tokens_of(pointer);
                return quote!(exchange.request_body(#pointer));
            }
            Source::Url => quote!(exchange.url()),
            Source::Method => quote!(exchange.method()),
            Source::StatusCode => quote!(exchange.status_datum()),
            Source::RequestHeader(name) => quote!(exchange.request_header(#name)),
            Source::RequestQuery(name) => quote!(exchange.request_query(#name)),
            Source::RequestPath(name) => quote!(exchange.request_path(#name)),
            Source::ResponseHeader(name) if read.typed => quote!(exchange.typed_response_header(#name)),
            Source::ResponseHeader(name) => quote!(exchange.response_header(#name)),
            Source::Input(index) => self.input(*index),
            Source::StepOutput { step, output } => {
                let (step, output) = (Literal::usize_unsuffixed(*step), Literal::usize_unsuffixed(*output));
                quote!(run.output(#step, #output))
            }
            Source::CalleeOutput { output, .. } => {
                let output = Literal::usize_unsuffixed(*output);
                quote!(run.called(#output))
            }
            Source::Dependency { workflow, input, field } => self.dependency(*workflow, *input, *field),
            Source::Constant(text) => quote!(Some(__rt::Datum::borrowed(#text))),
            Source::Called { .. } | Source::Invalid => quote!(None::<__rt::Datum<'_>>),
        };
        if pointer.is_empty() {
            return base;
        }
        let pointer = tokens_of(pointer);
        quote!(#base.and_then(|value| value.pointer(#pointer)))
    }

    /// What a workflow that has run before has returned or was given.
    fn dependency(&self, workflow: usize, input: bool, field: usize) -> TokenStream {
        let known = self.workflow.dependency(workflow, input);
        let Some(index) = known else {
            return quote!(None::<__rt::Datum<'_>>);
        };
        let (index, field) = (Literal::usize_unsuffixed(index), Literal::usize_unsuffixed(field));
        quote!(run.dependency(#index, #field))
    }

    fn input(&self, index: usize) -> TokenStream {
        let number = Literal::usize_unsuffixed(index);
        match self.workflow.inputs.get(index).and_then(|input| input.default.as_ref()) {
            Some(json) => quote!(run.input_or(#number, #json)),
            None => quote!(run.input(#number)),
        }
    }

    /// An expression of type `Option<Datum<'_>>`, in a function that returns a `Failure`.
    pub(super) fn datum(&self, value: &Value, what: &str) -> TokenStream {
        match &value.kind {
            ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Text(_) | ValueKind::Invalid => {
                let json = value.literal().unwrap_or_else(|| "null".to_owned());
                quote!(Some(__rt::Datum::from_json(#json)))
            }
            ValueKind::Reference(read) => self.read(read),
            ValueKind::Length(read) => {
                let value = self.read(read);
                quote!(#value.and_then(|value| value.length()))
            }
            ValueKind::Selection(selection) => {
                let context = self.read(&selection.context);
                let (definition, query) = fixed_query(selection.engine, &selection.query);
                quote!({ #definition #query.select(#context.as_ref()) })
            }
            ValueKind::FormText(pieces) => {
                let text = self.form_text(pieces, what);
                quote!(Some(__rt::Datum::owned(#text)))
            }
            ValueKind::Template(pieces) => {
                let text = self.template(pieces, what);
                quote!(Some(__rt::Datum::owned(#text)))
            }
            ValueKind::Array(_) | ValueKind::Object(_) | ValueKind::JsonText(_) => {
                let mut writer = Writer::new(self, what);
                writer.value(value);
                let statements = writer.finish();
                quote!(Some(__rt::written(|body| {
                    #statements
                    Ok(())
                })?))
            }
        }
    }

    /// An expression of type `String`, in a function that returns a `Failure`.
    fn template(&self, pieces: &[Segment], what: &str) -> TokenStream {
        let pushes = pieces.iter().map(|piece| match piece {
            Segment::Text(text) => quote!(text.push_str(#text);),
            Segment::Reference(read) => {
                let value = self.present(read, what);
                quote!(text.push_str(&#value.text());)
            }
        });
        quote!({
            let mut text = ::std::string::String::new();
            #(#pushes)*
            text
        })
    }

    /// The same for the text of a form: values are percent-encoded.
    fn form_text(&self, pieces: &[Segment], what: &str) -> TokenStream {
        let pushes = pieces.iter().map(|piece| match piece {
            Segment::Text(text) => quote!(text.push_str(#text);),
            Segment::Reference(read) => {
                let value = self.present(read, what);
                quote!(text.push_str(&__rt::form_value(&#value));)
            }
        });
        quote!({
            let mut text = ::std::string::String::new();
            #(#pushes)*
            text
        })
    }

    /// An expression of type `Datum<'_>` that fails where the value is absent.
    pub(super) fn present(&self, read: &Read, what: &str) -> TokenStream {
        let value = self.read(read);
        let absent = absent(&read.expression, read.place, what);
        quote!(#value.ok_or_else(|| #absent)?)
    }

    /// Statements that write a payload to `body`.
    pub(super) fn payload(&self, value: &Value) -> TokenStream {
        let mut writer = Writer::new(self, "the payload");
        writer.value(value);
        writer.finish()
    }

    /// Statements that write an object to `body`.
    pub(super) fn object(&self, members: &[(String, Value)]) -> TokenStream {
        let mut writer = Writer::new(self, "the payload");
        writer.object(members);
        writer.finish()
    }

    /// An expression of type `bool`.
    pub(super) fn check(&self, check: &Test) -> TokenStream {
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
                    _ => TokenStream::new(),
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

    /// An expression of type `Option<String>`: a query with values in it; `None` where one is
    /// absent or would change the structure around it.
    fn query_text(&self, engine: Engine, pieces: &[QueryPiece]) -> TokenStream {
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

    fn grouped(&self, check: &Test) -> TokenStream {
        let inner = self.check(check);
        if matches!(check, Test::Or(_) | Test::And(_)) {
            quote!((#inner))
        } else {
            inner
        }
    }

    fn compare(&self, left: &Value, operator: Operator, right: &Value) -> TokenStream {
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

/// The type of an engine's queries in the runtime.
fn engine_type(engine: Engine) -> Ident {
    ident(match engine {
        Engine::JsonPath => "JsonPath",
        Engine::XPath => "XPath",
        Engine::XPath31 => "XPath31",
    })
}

/// A query that is compiled once, and its name.
pub(super) fn fixed_query(engine: Engine, text: &str) -> (TokenStream, TokenStream) {
    let engine = engine_type(engine);
    let definition = quote!(
        static QUERY: ::std::sync::LazyLock<__rt::#engine> = ::std::sync::LazyLock::new(|| __rt::#engine::new(#text));
    );
    (definition, quote!(QUERY))
}

/// Whether a value may be absent where it stands.
pub(super) fn may_be_absent(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Reference(read) => !read.present,
        ValueKind::Selection(_) | ValueKind::Length(_) => true,
        _ => false,
    }
}

/// `$statusCode == 200` needs no values at all.
fn status_comparison(left: &Value, operator: Operator, right: &Value) -> Option<TokenStream> {
    let (ValueKind::Reference(read), Some(json)) = (&left.kind, right.literal()) else {
        return None;
    };
    if read.source != Source::StatusCode {
        return None;
    }
    let status: u16 = json.trim_matches('"').parse().ok()?;
    let status = Literal::u16_unsuffixed(status);
    Some(match operator {
        Operator::Equal => quote!(exchange.is(#status)),
        Operator::NotEqual => quote!(!exchange.is(#status)),
        Operator::Less => quote!(exchange.status().is_some_and(|status| status < #status)),
        Operator::LessOrEqual => quote!(exchange.status().is_some_and(|status| status <= #status)),
        Operator::Greater => quote!(exchange.status().is_some_and(|status| status > #status)),
        Operator::GreaterOrEqual => quote!(exchange.status().is_some_and(|status| status >= #status)),
    })
}

pub(super) fn absent(expression: &str, place: (usize, usize), what: &str) -> TokenStream {
    let (line, column) = line_column(place);
    quote!(__rt::Failure::absent(#what, #expression, #line, #column))
}

/// Writes JSON: literal text is collected and written in one piece up to the next value.
struct Writer<'s, 'w> {
    scope: &'s Scope<'w>,
    out: TokenStream,
    pending: String,
    what: &'s str,
}

impl<'s, 'w> Writer<'s, 'w> {
    fn new(scope: &'s Scope<'w>, what: &'s str) -> Self {
        Self {
            scope,
            out: TokenStream::new(),
            pending: String::new(),
            what,
        }
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let text = std::mem::take(&mut self.pending);
            self.out.extend(quote!(body.raw(#text);));
        }
    }

    fn finish(mut self) -> TokenStream {
        self.flush();
        self.out
    }

    fn value(&mut self, value: &Value) {
        match &value.kind {
            ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Text(_) | ValueKind::Invalid => {
                self.pending
                    .push_str(&value.literal().unwrap_or_else(|| "null".to_owned()));
            }
            ValueKind::Reference(read) => {
                self.flush();
                if read.present {
                    let value = self.scope.read(read);
                    let (what, expression) = (self.what, &read.expression);
                    let (line, column) = line_column(read.place);
                    self.out.extend(if what == "the payload" {
                        quote!(body.put(#value, #expression, #line, #column)?;)
                    } else {
                        quote!(body.given(#value, #what, #expression, #line, #column)?;)
                    });
                } else {
                    let value = self.scope.read(read);
                    self.out.extend(quote!(body.datum_or_null(#value.as_ref());));
                }
            }
            ValueKind::Selection(_) | ValueKind::Length(_) => {
                self.flush();
                let value = self.scope.datum(value, self.what);
                self.out.extend(quote!(body.datum_or_null(#value.as_ref());));
            }
            ValueKind::Template(pieces) => {
                self.flush();
                let text = self.scope.template(pieces, self.what);
                self.out.extend(quote!(body.text(&#text);));
            }
            ValueKind::FormText(pieces) => {
                self.flush();
                let text = self.scope.form_text(pieces, self.what);
                self.out.extend(quote!(body.text(&#text);));
            }
            ValueKind::JsonText(pieces) => {
                for piece in pieces {
                    match piece {
                        JsonPiece::Text(text) => self.pending.push_str(text),
                        JsonPiece::Quoted(read) => {
                            self.flush();
                            let value = self.scope.present(read, self.what);
                            self.out.extend(quote!(body.quoted(&#value.text());));
                        }
                        JsonPiece::Bare(read) => {
                            self.flush();
                            let value = self.scope.present(read, self.what);
                            self.out.extend(quote!(body.raw(&#value.text());));
                        }
                    }
                }
            }
            ValueKind::Array(items) => {
                self.pending.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.pending.push(',');
                    }
                    self.value(item);
                }
                self.pending.push(']');
            }
            ValueKind::Object(members) => self.object(members),
        }
    }

    fn object(&mut self, members: &[(String, Value)]) {
        self.pending.push('{');
        // Whether a member stands in front: certainly, or only perhaps.
        let (mut certain, mut perhaps) = (false, false);
        for (name, value) in members {
            let key = format!("{}:", quote_json(name));
            if may_be_absent(value) {
                self.flush();
                let value = self.scope.datum(value, self.what);
                let start = if certain {
                    let key = format!(",{key}");
                    quote!(body.raw(#key))
                } else if perhaps {
                    quote!(body.next(#key))
                } else {
                    quote!(body.raw(#key))
                };
                self.out.extend(quote! {
                    if let Some(value) = #value {
                        #start.datum(&value);
                    }
                });
                perhaps = true;
                continue;
            }
            if certain {
                self.pending.push(',');
                self.pending.push_str(&key);
            } else if perhaps {
                self.flush();
                self.out.extend(quote!(body.next(#key);));
            } else {
                self.pending.push_str(&key);
            }
            certain = true;
            self.value(value);
        }
        self.pending.push('}');
    }
}
