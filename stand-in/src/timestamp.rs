use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time as RFC 3339 in UTC, to the second.
pub(crate) fn timestamp(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

/// Whole seconds since the Unix epoch; none before it.
pub(crate) fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs())
}

/// That many minutes, if the count is one of those allowed.
pub(crate) fn minutes(count: i64, allowed: RangeInclusive<u64>) -> Option<Duration> {
    let count = u64::try_from(count).ok()?;
    allowed.contains(&count).then(|| Duration::from_secs(count * 60))
}
