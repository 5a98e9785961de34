//! Phase 5a: the status codes with which the criteria of a step or an action can hold.
//!
//! Input: tests. Output: [`StatusSet`]s. With them, a pointer into a response is checked against the responses that are
//! possible at that point.

use crate::openapi::Response;
use crate::program::{Act, Criterion, Segment, Source, Step, Test, Value, ValueKind};
use crate::syntax::condition::Operator;

/// A set of status codes from 100 to 599, one bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusSet {
    words: [u64; 8],
}

/// The codes that a response can have (RFC 9110, section 15).
const CODES: std::ops::Range<u16> = 100..600;

impl StatusSet {
    /// Returns the codes for which `holds` returns true.
    pub fn of(holds: impl Fn(u16) -> bool) -> Self {
        let mut words = [0; 8];
        for code in CODES.filter(|code| holds(*code)) {
            let bit = usize::from(code - CODES.start);
            words[bit / 64] |= 1 << (bit % 64);
        }
        Self { words }
    }

    const NONE: Self = Self { words: [0; 8] };

    /// 500 bits.
    const ALL: Self = Self {
        words: [
            u64::MAX,
            u64::MAX,
            u64::MAX,
            u64::MAX,
            u64::MAX,
            u64::MAX,
            u64::MAX,
            (1 << 52) - 1,
        ],
    };

    /// Every code.
    #[must_use]
    pub fn all() -> Self {
        Self::ALL
    }

    fn one(code: u16) -> Self {
        let mut set = Self::NONE;
        if CODES.contains(&code) {
            let bit = usize::from(code - CODES.start);
            set.words[bit / 64] = 1 << (bit % 64);
        }
        set
    }

    /// Returns the codes of a class: 2 for 200 to 299.
    fn class(class: u16) -> Self {
        let mut set = Self::NONE;
        let mut code = class.saturating_mul(100);
        let end = code.saturating_add(100);
        while code < end && CODES.contains(&code) {
            let bit = usize::from(code - CODES.start);
            set.words[bit / 64] |= 1 << (bit % 64);
            code += 1;
        }
        set
    }

    fn merge(self, other: Self, merge: impl Fn(u64, u64) -> u64) -> Self {
        let mut words = self.words;
        for (word, other) in words.iter_mut().zip(other.words) {
            *word = merge(*word, other);
        }
        Self { words }
    }

    /// Returns the codes in both sets.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.merge(other, |left, right| left & right)
    }

    fn without(self, other: Self) -> Self {
        self.merge(other, |left, right| left & !right)
    }

    fn is_empty(self) -> bool {
        self.words == [0; 8]
    }

    fn or(self, other: Self) -> Self {
        self.merge(other, |left, right| left | right)
    }
}

/// Returns the codes with which a test can pass, and those with which it can fail.
fn outcomes(test: &Test) -> (StatusSet, StatusSet) {
    let unknown = (StatusSet::all(), StatusSet::all());
    let sure = |passes: StatusSet| (passes, StatusSet::ALL.without(passes));
    match test {
        Test::Or(parts) => parts
            .iter()
            .map(outcomes)
            .fold((StatusSet::NONE, StatusSet::ALL), |(passes, fails), (more, fewer)| {
                (passes.or(more), fails.and(fewer))
            }),
        Test::And(parts) => parts
            .iter()
            .map(outcomes)
            .fold((StatusSet::ALL, StatusSet::NONE), |(passes, fails), (fewer, more)| {
                (passes.and(fewer), fails.or(more))
            }),
        Test::Not(inner) => {
            let (passes, fails) = outcomes(inner);
            (fails, passes)
        }
        Test::Compare(left, operator, right) => match (number(left), number(right)) {
            (None, Some(number)) if is_status(left) && *operator == Operator::Equal => sure(exactly(number)),
            (None, Some(number)) if is_status(left) => sure(StatusSet::of(|code| {
                operator.holds(f64::from(code).partial_cmp(&number))
            })),
            (Some(number), None) if is_status(right) => sure(StatusSet::of(|code| {
                operator.holds(number.partial_cmp(&f64::from(code)))
            })),
            _ => unknown,
        },
        Test::Regex(value, pattern) if is_status(value) => match pattern.as_slice() {
            [Segment::Text(pattern)] => {
                let found = StatusSet::of(|code| crate::engine::is_found(pattern, &code.to_string()) != Some(false));
                if crate::engine::is_found(pattern, "").is_some() {
                    sure(found)
                } else {
                    unknown
                }
            }
            _ => unknown,
        },
        _ => unknown,
    }
}

/// Returns the code that equals a number, if any.
fn exactly(number: f64) -> StatusSet {
    let code = CODES.clone().find(|code| f64::from(*code).total_cmp(&number).is_eq());
    code.map_or(StatusSet::NONE, StatusSet::one)
}

fn is_status(value: &Value) -> bool {
    matches!(&value.kind, ValueKind::Reference(reference) if reference.source == Source::StatusCode)
}

fn number(value: &Value) -> Option<f64> {
    match &value.kind {
        ValueKind::Number(text) | ValueKind::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

impl Operator {
    fn holds(self, order: Option<std::cmp::Ordering>) -> bool {
        let Some(order) = order else { return false };
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Returns the codes with which a test can pass.
#[must_use]
pub fn passing(test: &Test) -> StatusSet {
    outcomes(test).0
}

/// Returns the codes with which all criteria of a list can pass.
#[must_use]
pub fn passing_all(criteria: &[Criterion]) -> StatusSet {
    criteria
        .iter()
        .fold(StatusSet::all(), |set, criterion| set.and(passing(&criterion.test)))
}

/// Returns the codes with which a step succeeds: those that its criteria require, or 2xx if they require none.
#[must_use]
pub fn success(step: &Step<'_>) -> StatusSet {
    let demanded = passing_all(&step.criteria);
    if demanded == StatusSet::all() {
        StatusSet::class(2)
    } else {
        demanded
    }
}

/// Visits every comparison, query and single operand of a test, with the codes for which it is evaluated: those in
/// `codes` with which the surrounding conjunction can pass.
pub fn narrowed<'t>(test: &'t Test, codes: StatusSet, visit: &mut impl FnMut(&'t Test, StatusSet)) {
    match test {
        Test::And(parts) => {
            let codes = codes.and(passing(test));
            for part in parts {
                narrowed(part, codes, visit);
            }
        }
        Test::Or(parts) => {
            for part in parts {
                narrowed(part, codes.and(passing(part)), visit);
            }
        }
        Test::Not(inner) => narrowed(inner, codes, visit),
        _ => visit(test, codes),
    }
}

/// Returns the declared responses for a set of codes. A code selects the response for the code, otherwise for its
/// range, otherwise `default` (OpenAPI 3.1.1, "Responses Object").
#[must_use]
pub fn responses<'s, 'a>(step: &'s Step<'a>, codes: StatusSet) -> Vec<&'s Response<'a>> {
    let Act::Http(request) = &step.act else {
        return Vec::new();
    };
    let declared = &request.operation.responses;
    let mut left = codes;
    let mut found = vec![false; declared.len()];
    let exact = |response: &Response<'_>| {
        let code: u16 = response.status.parse().ok()?;
        Some(StatusSet::one(code))
    };
    let range = |response: &Response<'_>| {
        let class = response.status.to_ascii_uppercase();
        let class: u16 = class.strip_suffix("XX")?.parse().ok()?;
        Some(StatusSet::class(class))
    };
    for (index, response) in declared.iter().enumerate() {
        if let Some(own) = exact(response) {
            found[index] = !left.and(own).is_empty();
            left = left.without(own);
        }
    }
    for (index, response) in declared.iter().enumerate() {
        if let Some(own) = range(response) {
            found[index] = !left.and(own).is_empty();
            left = left.without(own);
        }
    }
    // If no status is required, `default` is a success only if no success is declared.
    let known = found.contains(&true);
    let undemanded = known && codes == StatusSet::class(2);
    if !left.is_empty() && !undemanded {
        for (index, response) in declared.iter().enumerate() {
            found[index] |= response.status == "default";
        }
    }
    let all = declared.iter().zip(found);
    all.filter_map(|(response, found)| found.then_some(response)).collect()
}
