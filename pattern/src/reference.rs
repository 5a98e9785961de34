//! Back-references: what is known about a group at the point where a reference to it is matched.
//!
//! ECMA-262 differs from `fancy-regex` in four ways. A back-reference to a group that has not participated matches the
//! empty text. A group is unset again at the start of each iteration of a repetition. After the minimum, an iteration
//! cannot be empty. A look-behind is matched backwards.

use std::collections::BTreeSet;

use crate::{
    Error,
    tree::{self, Node},
};

/// The location of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// The position in a sequence, which a look-behind matches backwards.
    Item {
        index: usize,
        backward: bool,
    },
    Alternative(usize),
    Group(usize),
    Repeat {
        once: bool,
        optional: bool,
        nullable: bool,
    },
    Look {
        behind: bool,
        negated: bool,
        fixed: bool,
        repeats_empty: bool,
    },
}

#[derive(Default)]
struct Paths {
    groups: Vec<(usize, Vec<Step>)>,
    references: Vec<Vec<Step>>,
}

impl Paths {
    fn of(node: &Node) -> Self {
        let mut paths = Self::default();
        paths.visit(node, &mut Vec::new(), false);
        paths
    }

    fn visit(&mut self, node: &Node, path: &mut Vec<Step>, backward: bool) {
        // A look-around is matched in its own direction.
        let inner_backward = match node {
            Node::Look { behind, .. } => *behind,
            _ => backward,
        };
        for (index, child) in node.children().iter().enumerate() {
            let step = match node {
                Node::Sequence(_) => Step::Item { index, backward },
                Node::Group { number, .. } => Step::Group(*number),
                Node::Repeat { min, max, inner, .. } => Step::Repeat {
                    once: *max == Some(1),
                    optional: *min == 0,
                    nullable: inner.min_width() == 0,
                },
                Node::Look { behind, negated, inner } => Step::Look {
                    behind: *behind,
                    negated: *negated,
                    fixed: inner.is_fixed(),
                    repeats_empty: inner.repeats_empty(),
                },
                _ => Step::Alternative(index),
            };
            path.push(step);
            if let Node::Group { number, .. } = node {
                self.groups.push((*number, path.clone()));
            }
            self.visit(child, path, inner_backward);
            path.pop();
        }
        if let Node::Reference { .. } = node {
            self.references.push(path.clone());
        }
    }
}

/// Checks that groups share a name only if at most one of them participates (ECMA-262, 2025).
pub fn check_names(node: &Node, names: &[(String, usize)]) -> Result<(), Error> {
    if names.len() < 2 {
        return Ok(());
    }
    let paths = Paths::of(node).groups;
    let path = |number| {
        paths
            .iter()
            .find(|(known, _)| *known == number)
            .map(|(_, path)| path.as_slice())
    };
    for (index, (name, first)) in names.iter().enumerate() {
        for (_, second) in names.iter().skip(index + 1).filter(|(other, _)| other == name) {
            let (Some(first), Some(second)) = (path(*first), path(*second)) else {
                continue;
            };
            let differing = first.iter().zip(second).find(|(first, second)| first != second);
            if !matches!(differing, Some((Step::Alternative(_), _))) {
                return Err(Error::new(format!("duplicate group name `{name}`")));
            }
        }
    }
    Ok(())
}

/// What is known about a group at the point where a back-reference to it is matched.
enum State {
    /// The group has not participated, so the back-reference matches the empty text.
    Unset,
    Set,
    Perhaps,
}

/// Replaces every back-reference by something that `fancy-regex` matches in the same way. Returns whether one of them
/// ignores case.
///
/// # Errors
/// `fancy-regex` could match a back-reference differently.
pub fn resolve(node: Node) -> Result<(Node, bool), Error> {
    let paths = Paths::of(&node);
    let mut next = paths.references.iter();
    let mut ignores_case = false;
    let mut refusal = None;
    let node = replace_references(node, &mut |groups, ignore_case| {
        let reference = next.next().map_or(&[][..], Vec::as_slice);
        let mut known = Vec::new();
        for group in groups {
            let state = match paths.groups.iter().find(|(number, _)| number == group) {
                Some((_, path)) => state(reference, path),
                // The group is in a part that never matches.
                None => Ok(State::Unset),
            };
            match state {
                Ok(State::Unset) => continue,
                Ok(State::Set) => known.push(Node::Known {
                    group: *group,
                    certain: true,
                }),
                Ok(State::Perhaps) => known.push(Node::Known {
                    group: *group,
                    certain: false,
                }),
                Err(reason) => refusal = Some(format!("unsupported back-reference to group {group}: {reason}")),
            }
            ignores_case |= ignore_case;
        }
        Node::sequence(known)
    });
    match refusal {
        Some(reason) => Err(Error::new(reason)),
        None => Ok((node, ignores_case)),
    }
}

/// Replaces back-references in the order of [`Paths`].
fn replace_references(node: Node, replace: &mut impl FnMut(&[usize], bool) -> Node) -> Node {
    match node {
        Node::Reference { groups, ignore_case } => replace(&groups, ignore_case),
        Node::Sequence(nodes) => Node::Sequence(
            nodes
                .into_iter()
                .map(|node| replace_references(node, replace))
                .collect(),
        ),
        Node::Choice(nodes) => Node::Choice(
            nodes
                .into_iter()
                .map(|node| replace_references(node, replace))
                .collect(),
        ),
        Node::Group { number, inner } => Node::Group {
            number,
            inner: Box::new(replace_references(*inner, replace)),
        },
        Node::Repeat {
            min,
            max,
            greedy,
            inner,
        } => Node::Repeat {
            min,
            max,
            greedy,
            inner: Box::new(replace_references(*inner, replace)),
        },
        Node::Look { behind, negated, inner } => Node::Look {
            behind,
            negated,
            inner: Box::new(replace_references(*inner, replace)),
        },
        leaf => leaf,
    }
}

fn state(reference: &[Step], group: &[Step]) -> Result<State, &'static str> {
    let common = reference
        .iter()
        .zip(group)
        .take_while(|(left, right)| left == right)
        .count();
    let backward = match (reference.get(common), group.get(common)) {
        (
            Some(Step::Item {
                index: reference,
                backward,
            }),
            Some(Step::Item { index: group, .. }),
        ) if (group < reference) != *backward => *backward,
        // In the group, in another alternative, or before the group.
        _ => return Ok(State::Unset),
    };
    let inner = group.get(common + 1..).unwrap_or_default();
    if inner
        .iter()
        .any(|step| matches!(step, Step::Look { negated: true, .. }))
    {
        return Ok(State::Unset);
    }
    if backward {
        return Err("both are in a look-behind");
    }
    let is_uncertain = |step: &Step| matches!(step, Step::Alternative(_) | Step::Repeat { optional: true, .. });
    let is_loop = |step: &Step| matches!(step, Step::Repeat { once: false, .. });
    for (index, step) in inner.iter().enumerate() {
        let rest = inner.get(index + 1..).unwrap_or_default();
        match step {
            Step::Repeat {
                once: false,
                nullable: true,
                ..
            } => return Err("its repetition can be empty"),
            Step::Repeat { once: false, .. } if rest.iter().any(is_uncertain) => {
                return Err("it is optional in a repetition");
            }
            Step::Repeat { nullable: true, .. } if rest.iter().any(|step| matches!(step, Step::Look { .. })) => {
                return Err("its repetition can be empty");
            }
            Step::Look {
                behind: true,
                fixed: false,
                ..
            } => return Err("it is in a look-behind of variable length"),
            Step::Look {
                repeats_empty: true, ..
            } => return Err("a repetition in its look-ahead can be empty"),
            // `fancy-regex` keeps the start of a group that is matched again further left.
            Step::Look { .. } if group.iter().any(is_loop) => return Err("it is in a repeated look-around"),
            _ => {}
        }
    }
    if !inner.iter().any(is_uncertain) {
        return Ok(State::Set);
    }
    if reference.iter().take(common).any(is_loop) {
        return Err("it is optional in a repetition");
    }
    Ok(State::Perhaps)
}

/// Keeps only the groups that back-references need, and only the back-references to these groups.
pub fn settle(mut node: Node) -> Node {
    loop {
        node = tree::simplify(node);
        let (mut groups, mut known) = (BTreeSet::new(), BTreeSet::new());
        collect(&node, &mut groups, &mut known);
        if groups == known {
            return node;
        }
        node = keep(node, &groups, &known);
    }
}

fn collect(node: &Node, groups: &mut BTreeSet<usize>, known: &mut BTreeSet<usize>) {
    match node {
        Node::Group { number, .. } => groups.insert(*number),
        Node::Known { group, .. } => known.insert(*group),
        _ => false,
    };
    for child in node.children() {
        collect(child, groups, known);
    }
}

fn keep(node: Node, groups: &BTreeSet<usize>, known: &BTreeSet<usize>) -> Node {
    match node {
        Node::Group { number, inner } if !known.contains(&number) => keep(*inner, groups, known),
        // Its group was in a part that matches nothing.
        Node::Known { group, .. } if !groups.contains(&group) => Node::Empty,
        node => node.map(&mut |child| keep(child, groups, known)),
    }
}
