//! Rewrites a pattern for a search that only asks whether there is a match, and not where it is.
//!
//! These rewrites make most patterns with look-around regular, so that they run in linear time.

use crate::{
    class::{self, Set},
    tree::Node,
};

/// Splits a pattern into patterns that must be found, or must not be found.
///
/// After `^`, every look-ahead starts at the same position, and before `$`, every look-behind ends at the same
/// position: `^(?=a)(?!b)c` is found where `^a` and `^c` are found and `^b` is not.
pub fn conditions(node: Node) -> Vec<(bool, Node)> {
    let Node::Sequence(mut nodes) = node else {
        return vec![(true, node)];
    };
    let mut split = Vec::new();
    let is_known = |node: &Node| node.any(&|node| matches!(node, Node::Known { .. }));
    if !nodes.iter().any(is_known) {
        if let Some(Node::Start) = nodes.first() {
            while let Some(Node::Look { behind: false, .. }) = nodes.get(1) {
                if let Node::Look { negated, inner, .. } = nodes.remove(1) {
                    split.push((!negated, Node::sequence(vec![Node::Start, *inner])));
                }
            }
        }
        if let Some(Node::End) = nodes.last() {
            while let Some(before) = nodes.len().checked_sub(2)
                && let Some(Node::Look { behind: true, .. }) = nodes.get(before)
            {
                if let Node::Look { negated, inner, .. } = nodes.remove(before) {
                    split.push((!negated, Node::sequence(vec![*inner, Node::End])));
                }
            }
        }
    }
    let mut conditions = vec![(true, Node::sequence(nodes))];
    for (expected, node) in split {
        if expected {
            conditions.extend(self::conditions(node));
        } else {
            conditions.push((false, node));
        }
    }
    conditions
}

/// Replaces assertions at the ends of a pattern by the text that they look at: `(?<!a)b(?=c)` is found where
/// `(?:^|[^a])bc` is found.
pub fn widen(node: Node) -> Node {
    widen_end(widen_end(node, true), false)
}

fn widen_end(node: Node, first: bool) -> Node {
    let edge = if first { Node::Start } else { Node::End };
    let or_edge = |set: Set| Node::choice(vec![edge.clone(), Node::set(set)]);
    match node {
        Node::LineStart if first => or_edge(class::set(class::LINE_TERMINATORS)),
        Node::LineEnd if !first => or_edge(class::set(class::LINE_TERMINATORS)),
        Node::Look { behind, negated, inner } if behind == first => match (*inner, negated) {
            (inner, false) => widen_end(inner, first),
            (Node::Set(set), true) => or_edge(class::complement(&set)),
            (inner, true) => Node::Look {
                behind,
                negated,
                inner: Box::new(inner),
            },
        },
        Node::Choice(nodes) => Node::choice(nodes.into_iter().map(|node| widen_end(node, first)).collect()),
        Node::Sequence(mut nodes) => {
            let at = if first { 0 } else { nodes.len().saturating_sub(1) };
            if let Some(node) = nodes.get_mut(at) {
                *node = widen_end(std::mem::replace(node, Node::Empty), first);
            }
            Node::sequence(nodes)
        }
        node => node,
    }
}

/// Returns whether the pattern needs no look-around and no back-references.
pub fn is_regular(node: &Node, ascii_word: bool) -> bool {
    !node.any(&|node| match node {
        Node::LineStart | Node::LineEnd | Node::Look { .. } | Node::Known { .. } => true,
        // The linear engine finds `\B` between the bytes of a character.
        Node::Boundary { negated, .. } => *negated || !ascii_word,
        _ => false,
    })
}

/// Returns a regular pattern that is found wherever the pattern is found.
pub fn outline(node: Node) -> Node {
    match node {
        Node::Look { .. } | Node::LineStart | Node::LineEnd | Node::Boundary { .. } => Node::Empty,
        Node::Known { .. } => Node::Repeat {
            min: 0,
            max: None,
            greedy: true,
            inner: Box::new(Node::set(class::any())),
        },
        Node::Group { inner, .. } => outline(*inner),
        node => node.map(&mut outline),
    }
}

/// The cost of the look-around in a pattern each time that a search backtracks.
#[derive(Clone, Copy, Debug, Default)]
pub struct LookCost {
    /// How often it may read the text, as a power of the length.
    pub degree: u32,
    /// Number of leaves after every repetition is expanded.
    pub leaves: u64,
    /// Whether it reads the text again in each iteration of a repetition.
    pub repeated: bool,
}

pub fn look_cost(node: &Node) -> LookCost {
    let mut cost = LookCost::default();
    for child in node.children() {
        let inner = look_cost(child);
        cost.degree = cost.degree.max(inner.degree);
        cost.leaves = cost.leaves.saturating_add(inner.leaves);
        cost.repeated |= inner.repeated || (inner.degree > 0 && matches!(node, Node::Repeat { .. }));
    }
    if let Node::Look { inner, .. } = node {
        cost.degree += u32::from(inner.any(&|node| matches!(node, Node::Repeat { max: None, .. })));
        cost.leaves = cost.leaves.saturating_add(inner.size());
    }
    cost
}

/// Maximum number of characters in a group. Only groups with back-references are left.
pub fn widest_group(node: &Node) -> u64 {
    let own = match node {
        Node::Group { inner, .. } => inner.max_width().unwrap_or(u64::MAX),
        _ => 0,
    };
    node.children().iter().map(widest_group).fold(own, u64::max)
}
