//! Compares random patterns with a matcher that follows the runtime semantics of ECMA-262 (section
//! 22.2.2) step by step. It covers what `regress` does not match by the specification: repetitions in
//! each other, and back-references in their own group.
//!
//! `PATTERN_CASES` sets the number of patterns, `PATTERN_SEED` where they start.
#![allow(clippy::unwrap_used, reason = "a test")]

mod random;

use std::{cell::Cell, fmt::Write as _, ops::Range};

use arazzo_pattern::Pattern;
use random::{Random, seeds};

/// The characters of patterns and texts.
const LETTERS: &[char] = &['a', 'a', 'b', '\n'];

enum Node {
    Letter(char),
    Dot,
    Start,
    End,
    Boundary {
        negated: bool,
    },
    Reference(usize),
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
    Group(usize, Box<Node>),
    Look {
        behind: bool,
        negated: bool,
        inner: Box<Node>,
    },
    Repeat {
        inner: Box<Node>,
        min: usize,
        max: usize,
        greedy: bool,
        groups: Range<usize>,
    },
}

/// Makes a random tree with at most so many groups.
fn choice(random: &mut Random, depth: usize, groups: &mut usize) -> Node {
    let choices = 1 + random.below(4) / 3;
    Node::Choice(
        (0..choices)
            .map(|_| {
                let terms = random.below(4);
                Node::Sequence((0..terms).map(|_| term(random, depth, groups)).collect())
            })
            .collect(),
    )
}

fn term(random: &mut Random, depth: usize, groups: &mut usize) -> Node {
    let first = *groups;
    let kind = random.below(if depth == 0 { 14 } else { 24 });
    let node = match kind {
        0..=6 => Node::Letter(random.of(LETTERS)),
        7 => Node::Dot,
        8 => return Node::Start,
        9 => return Node::End,
        10 => {
            return Node::Boundary {
                negated: random.one_in(2),
            };
        }
        11..=13 => Node::Reference(1 + random.below(4)),
        14..=17 => {
            *groups += 1;
            let number = *groups;
            Node::Group(number, Box::new(choice(random, depth - 1, groups)))
        }
        18..=21 => choice(random, depth - 1, groups),
        _ => {
            let (behind, negated) = (random.one_in(2), random.one_in(2));
            return Node::Look {
                behind,
                negated,
                inner: Box::new(choice(random, depth - 1, groups)),
            };
        }
    };
    if !random.one_in(2) {
        return node;
    }
    let limits = [
        (0, usize::MAX),
        (1, usize::MAX),
        (0, 1),
        (2, 2),
        (0, 2),
        (1, 3),
        (2, usize::MAX),
        (0, 0),
    ];
    let (min, max) = limits[random.below(limits.len() + 3) % limits.len()];
    let greedy = !random.one_in(3);
    Node::Repeat {
        inner: Box::new(node),
        min,
        max,
        greedy,
        groups: first + 1..*groups + 1,
    }
}

/// Lets back-references refer to groups of the pattern.
fn existing_groups(node: &mut Node, groups: usize) {
    match node {
        Node::Reference(_) if groups == 0 => *node = Node::Dot,
        Node::Reference(group) => *group = (*group - 1) % groups + 1,
        Node::Sequence(nodes) | Node::Choice(nodes) => {
            for node in nodes {
                existing_groups(node, groups);
            }
        }
        Node::Group(_, inner) | Node::Look { inner, .. } | Node::Repeat { inner, .. } => {
            existing_groups(inner, groups);
        }
        _ => {}
    }
}

fn write(node: &Node, text: &mut String) {
    match node {
        Node::Letter('\n') => text.push_str("\\n"),
        Node::Letter(letter) => text.push(*letter),
        Node::Dot => text.push('.'),
        Node::Start => text.push('^'),
        Node::End => text.push('$'),
        Node::Boundary { negated } => text.push_str(if *negated { "\\B" } else { "\\b" }),
        Node::Reference(group) => write!(text, "\\{group}").unwrap(),
        Node::Sequence(nodes) => nodes.iter().for_each(|node| match node {
            Node::Choice(_) => enclose("(?:", node, text),
            node => write(node, text),
        }),
        Node::Choice(nodes) => nodes.iter().enumerate().for_each(|(index, node)| {
            text.push_str(if index > 0 { "|" } else { "" });
            write(node, text);
        }),
        Node::Group(_, inner) => enclose("(", inner, text),
        Node::Look { behind, negated, inner } => {
            let start = match (behind, negated) {
                (false, false) => "(?=",
                (false, true) => "(?!",
                (true, false) => "(?<=",
                (true, true) => "(?<!",
            };
            enclose(start, inner, text);
        }
        Node::Repeat {
            inner,
            min,
            max,
            greedy,
            ..
        } => {
            enclose("(?:", inner, text);
            match max {
                &usize::MAX => write!(text, "{{{min},}}").unwrap(),
                max => write!(text, "{{{min},{max}}}").unwrap(),
            }
            text.push_str(if *greedy { "" } else { "?" });
        }
    }
}

fn enclose(start: &str, node: &Node, text: &mut String) {
    text.push_str(start);
    write(node, text);
    text.push(')');
}

/// `MatchState`: where it ends, and what the groups have captured.
#[derive(Clone)]
struct State {
    end: usize,
    captures: Vec<Option<(usize, usize)>>,
}

struct Matcher<'t> {
    text: &'t [char],
    multiline: bool,
    dot_all: bool,
    /// How many more nodes may be matched.
    budget: Cell<u32>,
}

impl Matcher<'_> {
    fn is_word(&self, at: Option<usize>) -> bool {
        at.and_then(|at| self.text.get(at))
            .is_some_and(char::is_ascii_alphabetic)
    }

    /// `Matcher` (section 22.2.2.1) with its continuation.
    fn run(&self, node: &Node, state: &State, backward: bool, next: &mut dyn FnMut(&State) -> bool) -> bool {
        let Some(budget) = self.budget.get().checked_sub(1) else {
            return false;
        };
        self.budget.set(budget);
        let before = state.end.checked_sub(1).and_then(|at| self.text.get(at));
        let after = self.text.get(state.end);
        match node {
            // Section 22.2.2.7.1, CharacterSetMatcher.
            Node::Letter(_) | Node::Dot => {
                let letter = if backward { before } else { after };
                let found = letter.is_some_and(|letter| match node {
                    Node::Letter(expected) => letter == expected,
                    _ => self.dot_all || *letter != '\n',
                });
                let end = if backward {
                    state.end.wrapping_sub(1)
                } else {
                    state.end + 1
                };
                found
                    && next(&State {
                        end,
                        captures: state.captures.clone(),
                    })
            }
            // Section 22.2.2.4, CompileAssertion.
            Node::Start => (before.is_none() || (self.multiline && before == Some(&'\n'))) && next(state),
            Node::End => (after.is_none() || (self.multiline && after == Some(&'\n'))) && next(state),
            Node::Boundary { negated } => {
                let boundary = self.is_word(state.end.checked_sub(1)) != self.is_word(Some(state.end));
                boundary != *negated && next(state)
            }
            Node::Look { behind, negated, inner } => {
                let mut found = None;
                self.run(inner, state, *behind, &mut |inner| {
                    found = Some(inner.captures.clone());
                    true
                });
                match (found, negated) {
                    (None, true) => next(state),
                    (Some(captures), false) => next(&State {
                        end: state.end,
                        captures,
                    }),
                    _ => false,
                }
            }
            // Section 22.2.2.7.2, BackreferenceMatcher.
            Node::Reference(group) => self.reference(*group, state, backward, next),
            Node::Sequence(nodes) => self.sequence(nodes, state, backward, next),
            Node::Choice(nodes) => nodes.iter().any(|node| self.run(node, state, backward, next)),
            // Section 22.2.2.7, CompileAtom.
            Node::Group(number, inner) => self.run(inner, state, backward, &mut |inner| {
                let mut captures = inner.captures.clone();
                captures[*number] = Some((state.end.min(inner.end), state.end.max(inner.end)));
                next(&State {
                    end: inner.end,
                    captures,
                })
            }),
            Node::Repeat {
                inner,
                min,
                max,
                greedy,
                groups,
            } => self.repeat((inner, groups, *greedy), *min, *max, state, backward, next),
        }
    }

    fn reference(&self, group: usize, state: &State, backward: bool, next: &mut dyn FnMut(&State) -> bool) -> bool {
        let Some((start, end)) = state.captures[group] else {
            return next(state);
        };
        let length = end - start;
        let from = if backward {
            state.end.checked_sub(length)
        } else {
            Some(state.end)
        };
        let Some(from) = from.filter(|from| from + length <= self.text.len()) else {
            return false;
        };
        let end = if backward { from } else { from + length };
        self.text[start..start + length] == self.text[from..from + length]
            && next(&State {
                end,
                captures: state.captures.clone(),
            })
    }

    fn sequence(&self, nodes: &[Node], state: &State, backward: bool, next: &mut dyn FnMut(&State) -> bool) -> bool {
        let split = if backward {
            nodes.split_last()
        } else {
            nodes.split_first()
        };
        match split {
            Some((node, rest)) => self.run(node, state, backward, &mut |state| {
                self.sequence(rest, state, backward, next)
            }),
            None => next(state),
        }
    }

    /// `RepeatMatcher` (section 22.2.2.3.1).
    #[allow(
        clippy::if_same_then_else,
        reason = "the order matters: the first match ends the search"
    )]
    fn repeat(
        &self,
        parts: (&Node, &Range<usize>, bool),
        min: usize,
        max: usize,
        state: &State,
        backward: bool,
        next: &mut dyn FnMut(&State) -> bool,
    ) -> bool {
        if max == 0 {
            return next(state);
        }
        let (inner, groups, greedy) = parts;
        let mut cleared = state.clone();
        for group in groups.clone() {
            cleared.captures[group] = None;
        }
        let max_next = if max == usize::MAX { max } else { max - 1 };
        let iterate = |next: &mut dyn FnMut(&State) -> bool| {
            self.run(inner, &cleared, backward, &mut |after| {
                if min == 0 && after.end == state.end {
                    return false;
                }
                self.repeat(parts, min.saturating_sub(1), max_next, after, backward, next)
            })
        };
        if min > 0 {
            iterate(next)
        } else if greedy {
            iterate(next) || next(state)
        } else {
            next(state) || iterate(next)
        }
    }
}

/// Whether the pattern is found; `None` where that takes too long.
fn expected(node: &Node, text: &[char], groups: usize, multiline: bool, dot_all: bool) -> Option<bool> {
    let matcher = Matcher {
        text,
        multiline,
        dot_all,
        budget: Cell::new(20_000),
    };
    let found = (0..=text.len()).any(|start| {
        let state = State {
            end: start,
            captures: vec![None; groups + 1],
        };
        matcher.run(node, &state, false, &mut |_| true)
    });
    (matcher.budget.get() > 0).then_some(found)
}

#[test]
fn patterns_follow_the_specification() {
    let (mut cases, mut translated, mut found, mut not_found, mut skipped) = (0, 0, 0, 0, 0);
    for seed in seeds(3_000) {
        let random = &mut Random::new(seed);
        let (multiline, dot_all, depth) = (random.one_in(3), random.one_in(3), 1 + random.below(4));
        let mut groups = 0;
        let mut node = choice(random, depth, &mut groups);
        existing_groups(&mut node, groups);
        if random.one_in(2) {
            // Without anchors, most patterns are found in most texts.
            node = Node::Sequence(vec![Node::Start, node, Node::End]);
        }
        let mut pattern = match (multiline, dot_all) {
            (false, false) => "",
            (true, false) => "(?m)",
            (false, true) => "(?s)",
            (true, true) => "(?ms)",
        }
        .to_owned();
        write(&node, &mut pattern);
        cases += 1;
        let ours = match Pattern::new(&pattern) {
            Ok(ours) => ours,
            Err(error) => {
                assert!(error.to_string().starts_with("unsupported"), "{pattern:?}: {error}");
                continue;
            }
        };
        translated += 1;
        for _ in 0..8 {
            let text: Vec<char> = (0..random.below(9)).map(|_| random.of(LETTERS)).collect();
            let expected = expected(&node, &text, groups, multiline, dot_all);
            let (Some(expected), Ok(ours)) = (expected, ours.is_found(&text.iter().collect::<String>())) else {
                skipped += 1;
                continue;
            };
            assert_eq!(ours, expected, "{pattern:?} on {text:?}");
            *(if ours { &mut found } else { &mut not_found }) += 1;
        }
    }
    println!("{translated} of {cases} patterns translated; {found} found, {not_found} not found, {skipped} skipped");
    assert!(translated * 100 >= cases * 95, "{translated} of {cases}");
}
