//! XPath 3.1, for expressions that are not valid in XPath 1.0.

use xee_xpath::{Atomic, Documents, Item, Queries, Query as _, Sequence};

use crate::engine::budget;
use crate::json::datum::Datum;
use crate::queries::deadline::{self, Missed};
use crate::queries::escape::Replace;
use crate::queries::markup;

/// An XPath expression. Every criterion with an invalid expression fails (Arazzo 1.1.0, "Evaluation Errors").
///
/// The context is the document.
#[derive(Debug)]
pub struct XPath31(String);

impl XPath31 {
    /// Creates an expression; it is compiled when it is evaluated.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns the effective boolean value; `false` if the value is not XML.
    #[must_use]
    pub fn is_met(&self, value: Option<&Datum<'_>>) -> bool {
        let met = value.and_then(|value| self.evaluate(value, |_, found| found.effective_boolean_value().ok()));
        met.unwrap_or(false)
    }

    /// Returns the selected value: an atomic value unchanged, one node as its string value, several items as an array;
    /// `None` without items.
    #[must_use]
    pub fn select(&self, value: Option<&Datum<'_>>) -> Option<Datum<'static>> {
        self.evaluate(value?, |documents, found| {
            let items: Vec<Datum<'static>> = found
                .iter()
                .map(|item| datum(documents, &item))
                .collect::<Option<_>>()?;
            match items.as_slice() {
                [] => None,
                [only] => Some(only.clone()),
                all => {
                    let all: Vec<String> = all.iter().map(Datum::to_json).collect();
                    Some(Datum::Json(format!("[{}]", all.join(",")).into()))
                }
            }
        })
    }

    fn evaluate<T: Send + 'static>(
        &self,
        value: &Datum<'_>,
        read: impl FnOnce(&Documents, &Sequence) -> Option<T> + Send + 'static,
    ) -> Option<T> {
        let Datum::Text(xml) = value else { return None };
        let xml = xml.clone().into_owned();
        self.apart(&xml.clone(), move |expression| {
            let mut documents = Documents::new();
            let document = documents.add_string_without_uri(&xml).ok()?;
            let query = Queries::default().sequence(expression).ok()?;
            let found = query.execute(&mut documents, document).ok()?;
            read(&documents, &found)
        })
        .unwrap_or_else(|excess| {
            budget::exceed(|| excess);
            None
        })
    }

    /// Evaluates on a separate thread: the engine has no limits that can be set, and it panics on some inputs. A panic
    /// is an evaluation error and has no result.
    fn apart<T: Send + Default + 'static>(
        &self,
        xml: &str,
        work: impl FnOnce(&str) -> T + Send + 'static,
    ) -> Result<T, String> {
        let expression = self.0.clone();
        if let Some(excess) = markup::excess(xml) {
            return Err(excess);
        }
        match deadline::run(move || work(&expression)) {
            Ok(result) => Ok(result),
            Err(Missed::Panicked) => Ok(T::default()),
            Err(Missed::Deadline) => Err(format!(
                "the XPath expression `{}` takes too long on this value",
                self.0
            )),
            Err(Missed::Busy) => {
                Err("XPath 3.1 is busy: several expressions that exceeded the time limit are still running".to_owned())
            }
        }
    }
}

fn datum(documents: &Documents, item: &Item) -> Option<Datum<'static>> {
    let text = || item.string_value(documents.xot()).ok();
    Some(match item {
        Item::Atomic(Atomic::Boolean(value)) => Datum::Bool(*value),
        Item::Atomic(Atomic::Integer(..) | Atomic::Decimal(_) | Atomic::Float(_) | Atomic::Double(_)) => {
            let text = text()?;
            match serde_json::from_str::<serde_json::Number>(&text) {
                Ok(_) => Datum::Number(text.into()),
                Err(_) => Datum::owned(text),
            }
        }
        _ => Datum::owned(text()?),
    })
}

impl Replace for XPath31 {
    fn replaced(&self, payload: &str, value: &Datum<'_>) -> Result<Option<String>, String> {
        let (xml, text) = (payload.to_owned(), value.text().into_owned());
        let replaced = self.apart(payload, move |expression| Some(replace(expression, &xml, &text)));
        let replaced = replaced.inspect_err(|excess| budget::exceed(|| excess.clone()))?;
        replaced.unwrap_or_else(|| Err("cannot evaluate the expression".to_owned()))
    }

    fn text(&self) -> &str {
        &self.0
    }
}

fn replace(expression: &str, payload: &str, text: &str) -> Result<Option<String>, String> {
    let mut documents = Documents::new();
    let document = documents
        .add_string_without_uri(payload)
        .map_err(|error| format!("the payload is not XML: {error}"))?;
    let evaluated = Queries::default()
        .sequence(expression)
        .and_then(|query| query.execute(&mut documents, document));
    let found = evaluated.map_err(|error| format!("cannot evaluate the expression: {}", error.error))?;
    let mut replaced = false;
    for item in found.iter() {
        let Item::Node(node) = item else { continue };
        replaced = true;
        let xot = documents.xot_mut();
        if let Some(attribute) = xot.attribute_node_mut(node) {
            attribute.set_value(text);
        } else if let Some(content) = xot.text_mut(node) {
            content.set(text);
        } else if xot.is_element(node) {
            let children: Vec<_> = xot.children(node).collect();
            let emptied = children.into_iter().try_for_each(|child| xot.remove(child));
            emptied
                .and_then(|()| xot.append_text(node, text))
                .map_err(|error| error.to_string())?;
        }
    }
    if !replaced {
        return Ok(None);
    }
    let root = documents.document_node(document).ok_or("the payload is not XML")?;
    let written = documents.xot().to_string(root).map_err(|error| error.to_string())?;
    Ok(Some(written.trim_end().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHELF: &str = "<shelf><book pages='412'>Dune</book><book pages='474'>Emma</book></shelf>";

    #[test]
    fn what_version_1_cannot_say_is_selected() {
        for (expression, expected) in [
            ("for $b in //book return upper-case($b)", Some("[\"DUNE\",\"EMMA\"]")),
            ("string-join(//book, '+')", Some("\"Dune+Emma\"")),
            ("(1, 2.5, 'x', true())", Some("[1,2.5,\"x\",true]")),
            ("//book[matches(., '^D')]", Some("\"Dune\"")),
            ("max(//book/@pages/xs:integer(.))", Some("474")),
            ("()", None),
        ] {
            let found = XPath31::new(expression).select(Some(&Datum::borrowed(SHELF)));
            assert_eq!(found.map(|found| found.to_json()).as_deref(), expected, "{expression}");
        }
    }

    #[test]
    fn texts_and_attributes_are_replaced() {
        let replaced = |expression: &str| XPath31::new(expression).replaced(SHELF, &Datum::borrowed("5 < 6"));
        assert_eq!(
            replaced("//book[starts-with(lower-case(.), 'd')]/@pages"),
            Ok(Some(SHELF.replace("'412'", "\"5 &lt; 6\"").replace('\'', "\"")))
        );
        assert_eq!(
            replaced("//book[ends-with(., 'a')]"),
            Ok(Some(SHELF.replace("Emma", "5 &lt; 6").replace('\'', "\"")))
        );
        assert_eq!(replaced("//page"), Ok(None));
        assert!(XPath31::new("//page").replaced("{}", &Datum::Null).is_err());
    }

    #[test]
    fn what_takes_too_long_is_an_error() {
        let met = |expression: &str, xml: &str| {
            let met = budget::within(|| XPath31::new(expression).is_met(Some(&Datum::borrowed(xml))));
            met.map_err(|failure| failure.message)
        };
        let attributes = |count: usize| (0..count).fold(String::new(), |all, index| all + &format!(" a{index}='=>'"));
        assert_eq!(met("//a/@a7", &format!("<a{}/>", attributes(900))), Ok(true));
        assert!(met("//a/@a7", &format!("<b/><a{}/>", attributes(100_000))).is_err());
        assert_eq!(
            met("//a", &format!("<s>{}</s>", "<a x='1' y='='>x=1</a>".repeat(2000))),
            Ok(true)
        );
        let many = format!("<s>{}</s>", "<b/>".repeat(20_000));
        assert!(
            met("//b/preceding::b/preceding::c", &many)
                .unwrap_err()
                .contains("takes too long")
        );
        assert!(
            XPath31::new("//b/preceding::b/preceding::c")
                .replaced(&many, &Datum::Null)
                .unwrap_err()
                .contains("takes too long")
        );
        // The maximum nesting that the compiler allows, on a thread with a small stack.
        let deep = format!("{}1{}", "(".repeat(10), ")".repeat(10));
        assert_eq!(met(&deep, "<a/>"), Ok(true));
        assert_eq!(met(&format!("1{}", "+1".repeat(250)), "<a/>"), Ok(true));
    }

    #[test]
    fn the_effective_boolean_value_decides() {
        let met = |expression: &str, xml: &str| XPath31::new(expression).is_met(Some(&Datum::borrowed(xml)));
        assert!(met("every $b in //book satisfies $b/@pages > 400", SHELF) && met("//book", SHELF));
        assert!(!met("some $b in //book satisfies $b/@pages > 500", SHELF) && !met("()", SHELF));
        assert!(!met("true()", "no xml") && !met("((", SHELF) && !XPath31::new("true()").is_met(None));
    }
}
