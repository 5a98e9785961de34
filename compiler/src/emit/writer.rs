//! Statements that write a payload as JSON.

use super::code::{Code, quote};

use super::value::{Scope, line_column, may_be_absent};
use crate::plan::{JsonPiece, Value, ValueKind};
use crate::program::value::quote_json;

/// Writes JSON. Literal text is collected, and written at once before the next value.
pub(super) struct Writer<'s, 'w> {
    scope: &'s Scope<'w>,
    out: Code,
    pending: String,
    what: &'s str,
}

impl<'s, 'w> Writer<'s, 'w> {
    pub(super) fn new(scope: &'s Scope<'w>, what: &'s str) -> Self {
        Self {
            scope,
            out: Code::new(),
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

    pub(super) fn finish(mut self) -> Code {
        self.flush();
        self.out
    }

    pub(super) fn value(&mut self, value: &Value) {
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

    pub(super) fn object(&mut self, members: &[(String, Value)]) {
        self.pending.push('{');
        // Whether there is a member before this one: certainly, or only possibly.
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
