//! Resolves the parts of requests, responses and messages that expressions name.

use super::value::Place;
use super::{Scope, Source};
use crate::source::Span;
use crate::syntax::expression::Part;

pub(super) fn request_part(part: &Part) -> Source {
    match part {
        Part::Header(name) => Source::RequestHeader(name.text.clone()),
        Part::Query(name) => Source::RequestQuery(name.text.clone()),
        Part::Path(name) => Source::RequestPath(name.text.clone()),
        Part::Body | Part::Payload => Source::RequestBody,
    }
}

impl<'a> Scope<'a, '_> {
    pub(super) fn response_part(&mut self, part: &Part, span: Span) -> Source {
        match part {
            Part::Header(name) => Source::ResponseHeader(name.text.clone()),
            Part::Body | Part::Payload => Source::ResponseBody,
            Part::Query(_) | Part::Path(_) => self.misplaced(
                span,
                "a response has no query and no path",
                Some("for the request, use `$request.query.NAME` or `$request.path.NAME`"),
            ),
        }
    }

    pub(super) fn message_part(&mut self, part: &Part, span: Span, place: &Place<'a>) -> Source {
        if !place.step.is_some_and(|step| self.is_asynchronous(step)) {
            let message = "`$message` is only available in a step that uses an AsyncAPI channel";
            return self.misplaced(span, message, None);
        }
        if !place.response {
            let message = "`$message` is not available before the step has sent or received it";
            return self.misplaced(span, message, Some("use inputs, and outputs of earlier steps"));
        }
        match part {
            Part::Header(name) => Source::MessageHeader(name.text.clone()),
            Part::Body | Part::Payload => Source::MessagePayload,
            Part::Query(_) | Part::Path(_) => self.misplaced(span, "a message has no query and no path", None),
        }
    }
}
