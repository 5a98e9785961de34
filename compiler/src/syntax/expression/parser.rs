//! The grammar.

use std::cell::RefCell;

use super::pointer::{dotted_to_pointer, is_token_char, unescape};
use super::{Bytes, Expression, Mistake, Name, Part, Pointer, ROOTS, Root, SyntaxError, first_word};

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
    /// A deviation from the grammar that has one obvious meaning.
    pub(super) mistake: RefCell<Option<SyntaxError>>,
}

impl Parser<'_> {
    fn error(kind: Mistake, at: Bytes, message: impl Into<String>) -> SyntaxError {
        SyntaxError {
            kind,
            at,
            message: message.into(),
            help: None,
        }
    }

    fn name(&self, at: Bytes) -> Name {
        Name {
            text: self.text[at.clone()].to_owned(),
            at,
        }
    }

    /// Returns the expression for the whole text.
    fn whole(&self, root: Root, pointer: Option<Pointer>) -> Expression {
        Expression {
            root,
            pointer,
            at: self.start..self.end,
            mistake: None,
        }
    }

    pub(super) fn expression(&self) -> Result<Expression, SyntaxError> {
        let whole = &self.text[self.start..self.end];
        let all = self.start..self.end;
        let Some(rest) = whole.strip_prefix('$') else {
            return Err(Self::error(
                Mistake::Syntax,
                all,
                "a runtime expression must start with `$`",
            ));
        };
        let word = first_word(rest);
        let word_at = self.start + 1..self.start + 1 + word.len();
        if !ROOTS.contains(&word) {
            return Err(Self::unknown_root(word, self.start..word_at.end));
        }
        let behind = word_at.end;
        if matches!(word, "url" | "method" | "statusCode" | "self") {
            if behind < self.end {
                let message = format!("unexpected `{}` after `${word}`", &self.text[behind..self.end]);
                return Err(Self::error(Mistake::Syntax, behind..self.end, message));
            }
            let root = match word {
                "url" => Root::Url,
                "method" => Root::Method,
                "statusCode" => Root::StatusCode,
                _ => Root::SelfUri,
            };
            return Ok(self.whole(root, None));
        }
        if !self.text[behind..self.end].starts_with('.') {
            return Err(Self::error(
                Mistake::Syntax,
                all,
                format!("expected `.` and a name after `${word}`"),
            ));
        }
        let body = behind + 1;
        match word {
            "request" | "response" | "message" => self.message(word, body),
            "inputs" | "outputs" => {
                let (name, pointer) = self.identifier_with_pointer(body, word)?;
                let root = if word == "inputs" {
                    Root::Input(name)
                } else {
                    Root::Output(name)
                };
                Ok(self.whole(root, pointer))
            }
            "steps" => self.step(body),
            "workflows" => self.workflow(body),
            "sourceDescriptions" => self.source(body),
            _ => self.component(body),
        }
    }

    fn unknown_root(word: &str, at: Bytes) -> SyntaxError {
        let message = format!("unknown runtime expression `${word}`");
        let mut error = Self::error(Mistake::UnknownRoot, at, message);
        error.help = Some(match crate::diagnostic::similar(word, ROOTS) {
            Some(root) => format!("an expression with a similar name exists: `${root}`"),
            None => format!(
                "runtime expressions start with {}",
                ROOTS.map(|root| format!("`${root}`")).join(", ")
            ),
        });
        error
    }

    fn source(&self, body: usize) -> Result<Expression, SyntaxError> {
        let source = self.strict_identifier(body, "the name of a source description")?;
        let dot = source.at.end;
        if !self.text[dot..self.end].starts_with('.') || dot + 1 >= self.end {
            let message = format!(
                "expected `.` and an operationId, a workflowId or a field after `{}`",
                source.text
            );
            return Err(Self::error(Mistake::Syntax, self.start..self.end, message));
        }
        let reference = self.name(dot + 1..self.end);
        Ok(self.whole(Root::Source { source, reference }, None))
    }

    fn component(&self, body: usize) -> Result<Expression, SyntaxError> {
        let kind = self.strict_identifier(body, "a component type")?;
        let dot = kind.at.end;
        if !self.text[dot..self.end].starts_with('.') {
            return Err(Self::error(
                Mistake::Syntax,
                self.start..self.end,
                format!("expected `.` and a component name after `{}`", kind.text),
            ));
        }
        let (name, pointer) = self.identifier_with_pointer(dot + 1, "components")?;
        Ok(self.whole(Root::Component { kind, name }, pointer))
    }

    fn message(&self, word: &str, body: usize) -> Result<Expression, SyntaxError> {
        let rest = &self.text[body..self.end];
        let wrap = |part| match word {
            "request" => Root::Request(part),
            "response" => Root::Response(part),
            _ => Root::Message(part),
        };
        if let Some(found) = self.named_part(word, body, &wrap)? {
            return Ok(found);
        }
        if let Some(found) = self.body_part(word, body, &wrap)? {
            return Ok(found);
        }
        if let Some(name) = rest.strip_prefix("headers.") {
            let mut error = Self::error(
                Mistake::HeadersPlural,
                body..body + 7,
                format!("unknown field `headers` of `${word}`"),
            );
            error.help = Some(format!("write `${word}.header.{name}`"));
            if name.is_empty() || !name.chars().all(is_token_char) {
                return Err(error);
            }
            self.mistake.replace(Some(error));
            return Ok(self.whole(wrap(Part::Header(self.name(self.end - name.len()..self.end))), None));
        }
        let mut error = Self::error(
            Mistake::Syntax,
            body..self.end,
            format!("unknown field `{rest}` of `${word}`"),
        );
        error.help = Some(format!(
            "the fields are `${word}.header.NAME`, `${word}.query.NAME`, `${word}.path.NAME`, `${word}.body` and `${word}.body#/POINTER`"
        ));
        Err(error)
    }

    /// Parses `header.NAME`, `query.NAME` or `path.NAME`.
    fn named_part(
        &self,
        word: &str,
        body: usize,
        wrap: &dyn Fn(Part) -> Root,
    ) -> Result<Option<Expression>, SyntaxError> {
        let rest = &self.text[body..self.end];
        for (prefix, is_header) in [("header.", true), ("query.", false), ("path.", false)] {
            let Some(name) = rest.strip_prefix(prefix) else {
                continue;
            };
            let at = body + prefix.len()..self.end;
            if name.is_empty() {
                return Err(Self::error(
                    Mistake::Syntax,
                    self.start..self.end,
                    format!("expected a name after `${word}.{prefix}`"),
                ));
            }
            if is_header && let Some(bad) = name.find(|letter: char| !is_token_char(letter)) {
                let width = name[bad..].chars().next().map_or(1, char::len_utf8);
                return Err(Self::error(
                    Mistake::Syntax,
                    at.start + bad..at.start + bad + width,
                    "this character is not allowed in a header name",
                ));
            }
            let name = self.name(at);
            let part = match prefix {
                "header." => Part::Header(name),
                "query." => Part::Query(name),
                _ => Part::Path(name),
            };
            return Ok(Some(self.whole(wrap(part), None)));
        }
        Ok(None)
    }

    /// Parses `body` or `payload`, and a pointer into it.
    fn body_part(
        &self,
        word: &str,
        body: usize,
        wrap: &dyn Fn(Part) -> Root,
    ) -> Result<Option<Expression>, SyntaxError> {
        let rest = &self.text[body..self.end];
        for (field, part) in [("body", Part::Body), ("payload", Part::Payload)] {
            let Some(behind) = rest.strip_prefix(field) else {
                continue;
            };
            if behind.is_empty() {
                return Ok(Some(self.whole(wrap(part), None)));
            }
            let from = body + field.len();
            if behind.starts_with('#') {
                return Ok(Some(self.whole(wrap(part), Some(self.pointer(from + 1)?))));
            }
            if behind.starts_with(['.', '[']) {
                let mut error = Self::error(
                    Mistake::Syntax,
                    from..self.end,
                    format!("expected `#` and a JSON Pointer after `${word}.{field}`"),
                );
                error.help = Some(format!("write `${word}.{field}#{}`", dotted_to_pointer(behind)));
                let Some(pointer) = self.dotted(from) else {
                    return Err(error);
                };
                error.kind = Mistake::BodyPointer;
                self.mistake.replace(Some(error));
                return Ok(Some(self.whole(wrap(part), Some(pointer))));
            }
        }
        Ok(None)
    }

    fn step(&self, body: usize) -> Result<Expression, SyntaxError> {
        let all = self.start..self.end;
        let step = self.strict_identifier(body, "the id of a step")?;
        let rest = &self.text[step.at.end..self.end];
        let Some(output) = rest.strip_prefix(".outputs.") else {
            let mut error = Self::error(
                Mistake::Syntax,
                step.at.end..self.end.max(step.at.end),
                format!("expected `.outputs.NAME` after `$steps.{}`", step.text),
            );
            let name = rest
                .strip_prefix(".output.")
                .or_else(|| rest.strip_prefix('.').filter(|name| !name.contains('.')));
            error.help = match name {
                Some("" | "output" | "outputs") | None => {
                    Some(format!("name an output: `$steps.{}.outputs.NAME`", step.text))
                }
                Some(name) => Some(format!("write `$steps.{}.outputs.{name}`", step.text)),
            };
            if error.at.is_empty() {
                error.at = all;
            }
            return Err(error);
        };
        let (output, pointer) = self.identifier_with_pointer(self.end - output.len(), "outputs")?;
        Ok(self.whole(Root::Step { step, output }, pointer))
    }

    fn workflow(&self, body: usize) -> Result<Expression, SyntaxError> {
        let all = self.start..self.end;
        let workflow = self.strict_identifier(body, "the id of a workflow")?;
        let rest = &self.text[workflow.at.end..self.end];
        for (field, inputs) in [(".inputs.", true), (".outputs.", false)] {
            if let Some(name) = rest.strip_prefix(field) {
                let (field, pointer) = self.identifier_with_pointer(self.end - name.len(), "outputs")?;
                return Ok(Expression {
                    mistake: None,
                    root: Root::Workflow {
                        workflow,
                        inputs,
                        field,
                    },
                    pointer,
                    at: all,
                });
            }
        }
        let message = format!(
            "expected `.inputs.NAME` or `.outputs.NAME` after `$workflows.{}`",
            workflow.text
        );
        Err(Self::error(Mistake::Syntax, all, message))
    }

    /// Parses `identifier-strict`: letters, digits, `-` and `_`.
    fn strict_identifier(&self, from: usize, what: &str) -> Result<Name, SyntaxError> {
        let rest = &self.text[from..self.end];
        let length = rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')))
            .unwrap_or(rest.len());
        if length == 0 {
            return Err(Self::error(
                Mistake::Syntax,
                self.start..self.end,
                format!("expected {what}, found `{rest}`"),
            ));
        }
        Ok(self.name(from..from + length))
    }

    /// Parses `identifier [ "#" json-pointer ]`.
    fn identifier_with_pointer(&self, from: usize, what: &str) -> Result<(Name, Option<Pointer>), SyntaxError> {
        let rest = &self.text[from..self.end];
        let length = rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_')))
            .unwrap_or(rest.len());
        if length == 0 {
            return Err(Self::error(
                Mistake::Syntax,
                self.start..self.end,
                format!("expected a name after `{what}.`"),
            ));
        }
        let name = self.name(from..from + length);
        match rest[length..].chars().next() {
            None => Ok((name, None)),
            Some('#') => Ok((name, Some(self.pointer(from + length + 1)?))),
            Some('[') => {
                let dotted = &rest[length..];
                let mut error = Self::error(
                    Mistake::Syntax,
                    from + length..self.end,
                    "indexes in brackets are not supported; expected `#` and a JSON Pointer",
                );
                error.help = Some(format!(
                    "write `{}#{}`",
                    &self.text[self.start..from + length],
                    dotted_to_pointer(dotted)
                ));
                let Some(pointer) = self.dotted(from + length) else {
                    return Err(error);
                };
                error.kind = Mistake::BracketIndex;
                self.mistake.replace(Some(error));
                Ok((name, Some(pointer)))
            }
            Some(found) => {
                let at = from + length..from + length + found.len_utf8();
                Err(Self::error(
                    Mistake::Syntax,
                    at,
                    format!("`{found}` is not allowed in a name"),
                ))
            }
        }
    }

    /// Parses members and indices in the notation of JavaScript: `.a[0]['b']`. Returns `None` for anything else.
    fn dotted(&self, from: usize) -> Option<Pointer> {
        let mut tokens = Vec::new();
        let mut position = from;
        while position < self.end {
            let rest = &self.text[position..self.end];
            let (at, next) = if let Some(behind) = rest.strip_prefix('.') {
                let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
                let length = behind.find(|letter| !plain(letter)).unwrap_or(behind.len());
                (position + 1..position + 1 + length, position + 1 + length)
            } else {
                let inner = &rest.strip_prefix('[')?[..rest.find(']')? - 1];
                let quoted = inner.len() >= 2 && inner.starts_with(['\'', '"']) && inner.ends_with(['\'', '"']);
                let word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
                if !quoted
                    && (inner.len() < 2 || !inner.chars().all(word))
                    && crate::source::array_index(inner).is_none()
                {
                    return None;
                }
                let skip = usize::from(quoted);
                (
                    position + 1 + skip..position + 1 + inner.len() - skip,
                    position + 2 + inner.len(),
                )
            };
            if at.is_empty() {
                return None;
            }
            tokens.push(self.name(at));
            position = next;
        }
        Some(Pointer {
            tokens,
            at: from..self.end,
        })
    }

    fn pointer(&self, from: usize) -> Result<Pointer, SyntaxError> {
        let text = &self.text[from..self.end];
        let at = from..self.end;
        if text.is_empty() {
            return Ok(Pointer { tokens: Vec::new(), at });
        }
        if !text.starts_with('/') {
            let mut error = Self::error(
                Mistake::Pointer,
                at,
                format!("a JSON Pointer must start with `/`, found `{text}`"),
            );
            let meant = dotted_to_pointer(text.trim_start_matches(['#', '.']));
            error.help = Some(format!(
                "write `{}#{meant}`",
                self.text[self.start..from].trim_end_matches('#')
            ));
            return Err(error);
        }
        let mut tokens = Vec::new();
        let mut position = from + 1;
        for token in text[1..].split('/') {
            let at = position..position + token.len();
            position = at.end + 1;
            if let Some(bad) = token.find(['{', '}']) {
                return Err(Self::error(
                    Mistake::Pointer,
                    at.start + bad..at.start + bad + 1,
                    "braces are not allowed in a JSON Pointer in an expression",
                ));
            }
            let text = unescape(token).ok_or_else(|| {
                let mut error = Self::error(
                    Mistake::Pointer,
                    at.clone(),
                    "`~` in a JSON Pointer must be followed by `0` or `1`",
                );
                error.help = Some("write `~0` for `~` and `~1` for `/`".to_owned());
                error
            })?;
            tokens.push(Name { text, at });
        }
        Ok(Pointer { tokens, at })
    }
}
