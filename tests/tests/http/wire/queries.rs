//! Queries.

use super::*;

// OpenAPI 3.1, Style Examples: `form`, exploded: "color=blue", "color=blue&color=black&color=brown",
// "R=100&G=200&B=150", and the empty string "color="; Parameter Object: the default "for `query` - `form`" and "when
// `style` is `form`, the default value is `true`". OpenAPI 3.2, Parameter Object Examples:
// "thing=one%20thing&thing=another%20thing", "page=4&pageSize=50".
#[tokio::test]
async fn query_form_exploded() {
    let sent = sent!(query::form_exploded);
    assert_eq!(
        targets(&sent),
        [
            "/form/exploded/string?color=blue",
            "/form/exploded/array?color=blue&color=black&color=brown",
            "/form/exploded/object?R=100&G=200&B=150",
            "/form/exploded/empty?color=",
            "/plain/array?thing=one%20thing&thing=another%20thing",
            "/plain/object?page=4&pageSize=50",
        ]
    );
}

// OpenAPI 3.1, Style Examples: `form`, not exploded: "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150";
// RFC 6570, section 3.2.8: `{?x,y,empty}` is "?x=1024&y=768&empty=".
#[tokio::test]
async fn query_form_whole() {
    let sent = sent!(query::form_whole);
    assert_eq!(
        targets(&sent),
        [
            "/form/whole/string?color=blue",
            "/form/whole/array?color=blue,black,brown",
            "/form/whole/object?color=R,100,G,200,B,150",
            "/form/whole/empty?color=",
        ]
    );
}

// OpenAPI 3.1, Style Examples: `spaceDelimited`: "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150".
#[tokio::test]
async fn query_space_delimited() {
    let sent = sent!(query::space_delimited);
    assert_eq!(
        targets(&sent),
        [
            "/space/array?color=blue%20black%20brown",
            "/space/object?color=R%20100%20G%20200%20B%20150",
            "/space/default?color=a%2Cb%20c%7Cd",
        ]
    );
}

// OpenAPI 3.1, Style Examples: `pipeDelimited`: "color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150".
#[tokio::test]
async fn query_pipe_delimited() {
    let sent = sent!(query::pipe_delimited);
    assert_eq!(
        targets(&sent),
        [
            "/pipe/array?color=blue%7Cblack%7Cbrown",
            "/pipe/object?color=R%7C100%7CG%7C200%7CB%7C150",
            "/pipe/default?color=a%2Cb%7Cc%20d",
        ]
    );
}

// OpenAPI 3.1, Style Examples: `deepObject`: "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150".
#[tokio::test]
async fn query_deep_object() {
    let sent = sent!(query::deep_object);
    assert_eq!(
        targets(&sent),
        [
            "/deep/colors?color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
            "/deep/text?filter%5Ba%20b%5D=c%26d%3De&filter%5Bon%5D=true",
        ]
    );
}

// OpenAPI 3.2, Parameter Object Examples, a complex parameter using `content`:
// "coordinates=%7B%22lat%22%3A40.6%2C%22long%22%3A-73.9%7D".
#[tokio::test]
async fn query_json() {
    let sent = sent!(query::json_content, { "words": ["a&b", "c"] });
    assert_eq!(
        targets(&sent),
        [
            "/json/literal?coordinates=%7B%22lat%22%3A40.6%2C%22long%22%3A-73.9%7D",
            "/json/input?filter=%5B%22a%26b%22%2C%22c%22%5D",
        ]
    );
}

// OpenAPI 3.1, Encoding Object, on a string as `application/json`, which is "the equivalent of using `content`": "the
// serialized value would be a JSON string including quotation marks, which would be percent-encoded as `%22`".
#[tokio::test]
async fn query_json_of_a_string_has_quotation_marks() {
    let sent = sent!(query::json_text);
    assert_eq!(targets(&sent), ["/json/text?word=%22blue%22"]);
}

// RFC 6570, section 3.2.8: the characters that are allowed are "(unreserved)". OpenAPI 3.1, URL Percent-Encoding: "the
// safest approach is to percent-encode all characters not in RFC3986's "unreserved" set".
#[tokio::test]
async fn query_text_is_encoded_but_for_unreserved_characters() {
    let sent = sent!(query::reserved, { "text": TEXT });
    assert_eq!(
        targets(&sent),
        [
            format!("/text?text={ENCODED}"),
            String::from("/text/members?text=a%2Cb,c%26d")
        ]
    );
}

// OpenAPI 3.1, Appendix C, Illegal Variable Names as Parameter Names: "?%E2%9D%A4%EF%B8%8F=love%21".
#[tokio::test]
async fn query_names_are_encoded() {
    let sent = sent!(query::names);
    assert_eq!(
        targets(&sent),
        [
            "/names/heart?%E2%9D%A4%EF%B8%8F=love%21",
            "/names/brackets?filter%5Bname%5D=blue"
        ]
    );
}

// OpenAPI 3.1, Appendix C, RFC6570-Equivalent Expansion: "?a=x%2By&b=x%2Fy&c=x%5Ey&words=math,is,fun"; Undefined Values
// and Manual URI Template Construction: `formulas: {}` gives "?words=hello,world".
#[tokio::test]
async fn query_of_several_parameters() {
    let sent = sent!(query::several);
    assert_eq!(
        targets(&sent),
        [
            "/formulas?a=x%2By&b=x%2Fy&c=x%5Ey&words=math,is,fun",
            "/formulas/none?words=hello,world",
            "/primitives?flag=false&integer=-3&number=2.5",
        ]
    );
}

// OpenAPI 3.1, Appendix C, Expansion with Non-RFC6570-Supported Options:
// "?a=x%2By&b=x/y&c=x%5Ey&words=math%20is%20fun". Parameter Object, allowReserved: it "allows RFC3986's reserved
// character set, as well as percent-encoded triples, to pass through unchanged, while still percent-encoding all other
// disallowed characters (including `%` outside of percent-encoded triples)".
#[tokio::test]
async fn query_allow_reserved() {
    let sent = sent!(query::allow_reserved);
    assert_eq!(
        targets(&sent),
        [
            "/reserved/formulas?a=x%2By&b=x/y&c=x%5Ey&words=math%20is%20fun",
            "/reserved/string?path=:/?@!$()*,;%20%C3%A9%41%20100%25%20~",
            "/reserved/array?paths=a/b,c:d",
        ]
    );
}

// RFC 6570, section 2.3: null is undefined, "A variable defined as a list value is considered undefined if the list
// contains zero members", so is "an associative array of (name, value) pairs" with "zero members"; section 3.2.1: "A
// variable that is undefined has no value and is ignored by the expansion process". Semantics: "An explicit null in a
// query […] has no spelling: it is left out".
#[tokio::test]
async fn query_without_undefined_values() {
    let sent = sent!(query::undefined_values, { "nothing": null });
    assert_eq!(
        targets(&sent),
        [
            "/undefined/null",
            "/undefined/array",
            "/undefined/whole",
            "/undefined/object",
            "/undefined/space",
            "/undefined/pipe",
            "/undefined/deep",
            "/undefined/others?a=one&c=two",
        ]
    );
}

// RFC 6570, appendix A: "append each defined list member", "append each pair with a defined value".
#[tokio::test]
async fn query_without_undefined_members() {
    let sent = sent!(query::undefined_members);
    assert_eq!(
        targets(&sent),
        [
            "/undefined/members/exploded?color=blue&color=brown",
            "/undefined/members/whole?color=blue,brown",
            "/undefined/pairs/exploded?R=100&B=150",
            "/undefined/pairs/whole?color=R,100,B,150",
        ]
    );
}

// OpenAPI 3.1, Style Examples, again.
#[tokio::test]
async fn query_arrays_and_objects_may_be_inputs() {
    let sent = sent!(query::from_inputs, { "colors": ["dark blue", "black"], "shade": { "B": 150, "G": 200 } });
    assert_eq!(
        targets(&sent),
        [
            "/inputs/exploded?color=dark%20blue&color=black",
            "/inputs/whole?color=dark%20blue,black",
            "/inputs/deep?color%5BB%5D=150&color%5BG%5D=200",
        ]
    );
}

// OpenAPI 3.2, Parameter Locations: "querystring - A parameter that treats the entire URL query string as a value";
// Parameter Object Examples, a querystring parameter using regular form encoding: "no further encoding or escaping is
// applied to the serialized media type value", which is "foo=a+%2B+b&bar=true". Semantics: "`querystring` is the whole
// query"; what no query may hold is encoded (RFC 3986, section 3.4).
#[tokio::test]
async fn query_that_is_written_as_a_whole() {
    let sent = sent!(newest::whole_query, { "color": "dark blue" });
    assert_eq!(
        targets(&sent),
        [
            "/whole/fixed?foo=a+%2B+b&bar=true",
            "/whole/composed?color=dark%20blue&shade=dark"
        ]
    );
}

/// Whether a query holds only what a query may hold.
// RFC 3986, section 3.4: "query = *( pchar / "/" / "?" )", section 3.3: "pchar = unreserved / pct-encoded / sub-delims
// / ":" / "@"": neither brackets nor braces nor quotation marks.
fn is_query(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:@/?".contains(&byte);
    text.bytes().all(allowed)
}

// Arazzo 1.1.0, Parameter Object, value: "For `querystring` parameters, the value MUST resolve to a string representing
// the complete query string"; of the JSON in its examples, braces and quotation marks cannot be sent as they are.
// OpenAPI 3.1, Appendix E: "The `[`, `]`, `|`, and space characters […] all MUST be percent-encoded to comply with
// RFC3986".
#[tokio::test]
async fn query_that_is_no_form_as_a_whole_is_a_query() {
    let json = sent!(newest::whole_json);
    let selector = sent!(newest::whole_selector, { "selector": "$.a.b[1:1]" });
    for request in json.iter().chain(&selector) {
        let (_, query) = request.target.split_once('?').expect("there is a query");
        assert!(is_query(query), "{query}");
    }
}

// OpenAPI 3.2, Parameter Object Examples, a querystring parameter that uses JSON for the entire string:
// "https://example.com/foo?%7B%22numbers%22%3A%5B1%2C2%5D%2C%22flag%22%3Anull%7D", and one that uses JSONPath:
// "https://example.com/foo?%24.a.b%5B1%3A1%5D".
#[tokio::test]
async fn query_that_is_no_form_as_a_whole_is_encoded_as_a_whole() {
    let sent = sent!(newest::whole_json);
    assert_eq!(
        targets(&sent),
        ["/whole/json?%7B%22numbers%22%3A%5B1%2C2%5D%2C%22flag%22%3Anull%7D"]
    );
    let sent = sent!(newest::whole_selector, { "selector": "$.a.b[1:1]" });
    assert_eq!(targets(&sent), ["/whole/selector?%24.a.b%5B1%3A1%5D"]);
}
