//! Measures an XML text before an engine parses it: the time or memory of the engines is quadratic in some of its
//! parts.

/// The parts of a text that determine the work of an engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Markup {
    elements: usize,
    /// Maximum number of attributes of one element.
    attributes: usize,
    depth: usize,
    /// Length of the longest namespace name, in bytes.
    namespace: usize,
    /// Whether the text declares entities, which could expand to any text.
    entities: bool,
}

/// Maximum number of attributes of one element; the engine compares each with each.
const ATTRIBUTES: usize = 1000;

/// Maximum nesting depth of elements; the engine searches the namespaces of all levels for each element.
const DEPTH: usize = 256;

/// Maximum size of all namespace names in bytes; the engine copies them into every element.
const NAMESPACES: usize = 64 * 1024 * 1024;

/// Returns the reason if a text must not be parsed.
pub(crate) fn excess(xml: &str) -> Option<String> {
    let found = measure(xml);
    if found.attributes > ATTRIBUTES {
        return Some(format!("an XML element has more than {ATTRIBUTES} attributes"));
    }
    if found.depth > DEPTH {
        return Some(format!("the XML is nested more than {DEPTH} levels deep"));
    }
    if found.entities {
        return Some("the XML declares entities, which are not supported".to_owned());
    }
    let copied = found.namespace.saturating_mul(found.elements);
    (copied > NAMESPACES).then(|| "the namespace names of the XML are too long for its number of elements".to_owned())
}

fn measure(xml: &str) -> Markup {
    let mut found = Markup::default();
    let (mut depth, mut rest) = (0_usize, xml);
    while let Some((_, markup)) = rest.split_once('<') {
        let skipped = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")];
        rest = if let Some((_, end)) = skipped.iter().find(|(start, _)| markup.starts_with(start)) {
            markup.split_once(end).map_or("", |(_, rest)| rest)
        } else if markup.starts_with('!') {
            // A document type declaration may contain other declarations.
            markup
        } else if markup.starts_with('/') {
            depth = depth.saturating_sub(1);
            markup
        } else {
            let (tag, rest) = tag(markup, &mut found);
            if !tag.ends_with('/') {
                depth += 1;
            }
            found.elements += 1;
            found.depth = found.depth.max(depth);
            rest
        };
        found.entities |= markup.starts_with("!ENTITY");
    }
    found
}

/// Returns the tag that a text starts with, without its brackets, and the text after it.
fn tag<'x>(markup: &'x str, found: &mut Markup) -> (&'x str, &'x str) {
    let (mut attributes, mut quoted, mut name_from) = (0, None, 0);
    let (mut declares, mut blank) = (false, false);
    for (at, byte) in markup.bytes().enumerate() {
        if let Some((mark, from)) = quoted {
            if byte == mark {
                if declares {
                    found.namespace = found.namespace.max(at - from);
                }
                quoted = None;
                blank = true;
            }
            continue;
        }
        if byte.is_ascii_whitespace() {
            blank = true;
            continue;
        }
        // A name can be separated from its `=`. Every byte is searched once, however many `=` there are.
        if byte != b'=' && std::mem::take(&mut blank) {
            name_from = at;
        }
        match byte {
            b'"' | b'\'' => quoted = Some((byte, at)),
            b'=' => {
                attributes += 1;
                declares = markup[name_from..at].contains("xmlns");
                name_from = at + 1;
                if attributes > ATTRIBUTES {
                    found.attributes = attributes;
                    return (markup, "");
                }
            }
            b'>' => {
                found.attributes = found.attributes.max(attributes);
                return (&markup[..at], &markup[at + 1..]);
            }
            _ => {}
        }
    }
    found.attributes = found.attributes.max(attributes);
    (markup, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_counted_and_text_is_not() {
        let found = measure(
            "<a x='1>' xmlns=\"urn:a\"><!-- <b c='1'> --><d/>x=1 y=2<![CDATA[<e f='1'>]]><g h='=' i='<'>k</g></a>",
        );
        let expected = Markup {
            elements: 3,
            attributes: 2,
            depth: 2,
            namespace: 6,
            entities: false,
        };
        assert_eq!(found, expected);
        assert_eq!(measure("<a><a><a>").depth, 3);
        assert!(measure("<!DOCTYPE a [<!ENTITY x 'y'>]><a/>").entities);
        assert_eq!(
            measure("<a b='"),
            Markup {
                elements: 1,
                attributes: 1,
                depth: 1,
                ..Markup::default()
            }
        );
    }

    /// The work is linear: a test with these texts takes hours if each `=` searches everything before it.
    #[test]
    fn attributes_without_quotes_are_counted_in_linear_time() {
        for part in ["=", "b=c ", "x = ", "xmlns="] {
            let text = format!("<a {}>", part.repeat(4_000_000));
            assert_eq!(measure(&text).attributes, ATTRIBUTES + 1, "{part}");
        }
        assert_eq!(excess(&format!("<a {}/>", "x".repeat(16_000_000))), None);
    }

    #[test]
    fn what_engines_multiply_is_refused() {
        let many = |count: usize, part: &str| part.repeat(count);
        for xml in [
            format!("<a{}/>", many(1001, " b='c'")),
            format!("{}{}", many(300, "<a>"), many(300, "</a>")),
            format!("<a xmlns='{}'>{}</a>", many(500_000, "A"), many(1000, "<b/>")),
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>".to_owned(),
        ] {
            assert!(excess(&xml).is_some(), "{}", &xml[..40]);
        }
        // A declaration with blank space around its `=`.
        let spaced = format!("<a xmlns = '{}'>{}</a>", many(500_000, "A"), many(1000, "<b/>"));
        assert!(excess(&spaced).is_some());
        let lines = format!("<log>{}</log>", many(5000, "a=b c=\"d\"\n"));
        let long = format!("<a xmlns='urn:x'>{}</a>", many(100_000, "<b c='d'/>"));
        assert_eq!((excess(&lines), excess(&long)), (None, None));
    }
}
