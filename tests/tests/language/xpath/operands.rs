//! Conditions that are made of values.

use super::*;

// Semantics, Values: "Embedding inside […] a quoted string in a […] XPath condition, is escaped for that literal, so that
// a value can never change the structure around it".
#[tokio::test]
async fn a_value_stays_within_its_quotes() {
    for title in TITLES {
        for (found, expected) in [(title, true), ("other", false)] {
            let script = titled(found);
            let inputs = titled_in_single_quotes::Inputs::new(title);
            let actual = passes!(script, titled_in_single_quotes, inputs);
            assert_eq!(actual, expected, "{title:?} in {found:?}");

            let script = titled(found);
            let inputs = titled_in_double_quotes::Inputs::new(title);
            let actual = passes!(script, titled_in_double_quotes, inputs);
            assert_eq!(actual, expected, "{title:?} in {found:?}");
        }
    }
}

// The same line, where the expression has other quotes, too, and the value is in the middle of its string.
#[tokio::test]
async fn quotes_in_other_strings_do_not_confuse() {
    for title in TITLES {
        let whole = format!("<{title}|{title}>");
        let kind = format!("\"{title}");
        for (mark, kind, found, expected) in [
            ("it's", "none", whole.as_str(), true),
            ("it's", kind.as_str(), whole.as_str(), false),
            ("its", "none", whole.as_str(), false),
            ("it's", "none", "<|>>", false),
        ] {
            let script = catalogue(&format!(
                "<catalogue><book mark=\"{}\" kind=\"{}\"><title>{}</title></book></catalogue>",
                escaped(mark),
                escaped(kind),
                escaped(found),
            ));
            let inputs = titled_among_quotes::Inputs::new(title);
            let actual = passes!(script, titled_among_quotes, inputs);
            assert_eq!(actual, expected, "{title:?} in {found:?}, {kind:?}, {mark:?}");
        }
    }
}

// The same line, in the argument of a function.
#[tokio::test]
async fn a_value_stays_within_its_argument() {
    for (part, expected) in [
        ("it's", true),
        ("\"it's\"", true),
        ("", true),
        ("its", false),
        ("') or contains('x', 'x", false),
        ("', '') or string('x", false),
        ("\"') or true() or contains('x', '", false),
    ] {
        let script = titled("say \"it's\" twice");
        let inputs = titled_in_function::Inputs::new(part);
        assert_eq!(passes!(script, titled_in_function, inputs), expected, "{part:?}");
    }
}

// Spec, Runtime Expressions in Conditions: the second example, with a number from an input and from an output. Semantics,
// Criteria: "An absent value in such an embedding makes the criterion fail."
#[tokio::test]
async fn a_number_may_be_embedded_without_quotes() {
    let books = "<catalogue><book><price>9.50</price></book><book><price>8</price></book></catalogue>";
    for (minimum, expected) in [(9.25, true), (9.5, false), (-1.0, true), (10.0, false)] {
        let script = catalogue(books);
        let actual = passes!(script, dearer, dearer::Inputs::new(minimum));
        assert_eq!(actual, expected, "{minimum}");
    }

    for (stock, expected) in [
        (r#"{"minPrice":9}"#, true),
        (r#"{"minPrice":9.40}"#, true),
        (r#"{"minPrice":10}"#, false),
        (r#"{}"#, false),
    ] {
        let script = Script::new()
            .on("GET /stock")
            .reply_json_text(200, stock)
            .on("GET /catalogue")
            .reply_text(200, "application/xml", books);
        let actual = passes!(script, dearer_than_before, dearer_than_before::Inputs::new());
        script.assert_trace(&["GET /stock 200", "GET /catalogue 200"]);
        assert_eq!(actual, expected, "{stock}");
    }
}

// Spec, XPath Conditions: "if the XPath expression is syntactically invalid, the condition MUST evaluate to fail". A value
// outside of quotes is a number or a name; whatever else could change the expression around it fails too.
#[tokio::test]
async fn an_expression_that_a_value_breaks_fails() {
    for (place, expected) in [
        ("1", true),
        ("last()", false),
        ("3", false),
        ("][", false),
        ("'", false),
        ("1 +", false),
        ("", false),
    ] {
        let script = catalogue("<catalogue><book/><book/></catalogue>");
        let actual = passes!(script, at_place, at_place::Inputs::new(place));
        script.assert_trace(&["GET /catalogue 200"]);
        assert_eq!(actual, expected, "{place:?}");
    }
}

// Semantics, Criteria: "An absent value in such an embedding makes the criterion fail."
#[tokio::test]
async fn a_value_that_is_not_there_fails() {
    let inputs = not_titled::Inputs::new;
    for (inputs, expected) in [
        (inputs(), false),
        (inputs().title("Emma"), true),
        (inputs().title(""), true),
        (inputs().title("Dune"), false),
    ] {
        let script = titled("Dune");
        assert_eq!(passes!(script, not_titled, inputs), expected);
    }
}
