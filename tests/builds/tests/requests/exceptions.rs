//! Documents with steps that can send nothing, because a value that they need is never there.

/// A part of the document's path, how many of its steps, and why.
pub const UNSENDABLE: &[(&str, usize, &str)] = &[
    (
        "apache.org~qakka",
        1,
        "the payload of type `application/octet-stream` is an object",
    ),
    ("bufferapp.com", 5, "reads `id` of an array"),
    ("elevenlabs.io", 1, "reads `snapshots` of an array"),
    ("lyft.com", 2, "reads `ride_id` of an array"),
    ("openstates.org", 4, "reads `id` of an array"),
    ("parliament.uk~bills", 8, "reads `billId` and `id` of arrays"),
    ("royalmail.com~click-and-drop", 1, "reads `orderIdentifier` of an array"),
    (
        "sakari.io",
        1,
        "the payload of type `application/octet-stream` is an object",
    ),
    ("setlist.fm", 4, "reads `id`, `mbid` and `artist` of arrays"),
    ("shop.app", 1, "reads `id` of an array"),
    ("stackexchange.com", 12, "reads members of arrays"),
    ("twilio.com~twilio_notify_v1", 1, "reads `service_sid` of an array"),
    ("telnyx.com", 1, "the payload of type `text/xml` is an object"),
    ("tyk.com", 1, "reads `client_id` of an array"),
    ("webscraping.ai", 1, "reads a member of a response that is text"),
    ("xero.com~xero_files", 1, "reads `Id` of an array"),
];

/// How many steps of a document can send nothing.
pub fn unsendable(document: &str) -> usize {
    let known = UNSENDABLE.iter().find(|(of, ..)| document.contains(of));
    known.map_or(0, |(_, count, _)| *count)
}

/// Path parameters that a description declares and its path has no place for: with `dialect = lenient` they are left out
/// with a warning (`unknown-path-parameter`).
pub const PLACELESS: &[(&str, &str)] = &[("obono.at", "registrierkasseUuid")];

/// Whether a path parameter has no place in the path that its description gives it for.
pub fn placeless(name: &str) -> bool {
    PLACELESS.iter().any(|(_, known)| *known == name)
}

/// Path parameters whose names differ from those in the path of their operation: with `dialect = lenient` they are sent
/// in the place with a similar name, with a warning (`unknown-path-parameter`).
pub const RENAMED: &[(&str, &str)] = &[("pet_id", "petId")];

/// The name that a path parameter was meant to have.
pub fn meant<'a>(name: &'a str, place: Option<&str>) -> &'a str {
    let known = RENAMED
        .iter()
        .find(|(written, _)| place == Some("path") && *written == name);
    known.map_or(name, |(_, meant)| *meant)
}
