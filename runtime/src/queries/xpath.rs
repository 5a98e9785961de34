//! XPath 1.0, for XML bodies.

use xmloxide::Document;
use xmloxide::tree::NodeKind;
use xmloxide::xpath::ast::{Axis, BinaryOp, Expr, NodeTest, Step};
use xmloxide::xpath::eval::XPathContext;
use xmloxide::xpath::types::{XPathNode, XPathValue};

use crate::engine::budget;
use crate::json::datum::Datum;
use crate::queries::escape::Replace;
use crate::queries::markup;

/// An XPath expression. An invalid expression is `None`, and every criterion with it fails (Arazzo 1.1.0, "Evaluation
/// Errors").
///
/// The context is the document. Prefixes are those that the root element of the document declares.
#[derive(Debug)]
pub struct XPath {
    expression: Option<Expr>,
    text: String,
}

impl XPath {
    /// Compiles an expression.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            expression: xmloxide::xpath::parser::parse(text).ok().map(strict),
            text: text.to_owned(),
        }
    }

    /// Returns the effective boolean value; `false` if the value is not XML.
    #[must_use]
    pub fn is_met(&self, value: Option<&Datum<'_>>) -> bool {
        value
            .and_then(document)
            .and_then(|document| self.evaluate(&document))
            .is_some_and(|found| found.to_boolean())
    }

    /// Returns the selected value: a number, string or boolean unchanged, one node as its string value, several nodes
    /// as an array of them; `None` without nodes.
    #[must_use]
    pub fn select(&self, value: Option<&Datum<'_>>) -> Option<Datum<'static>> {
        let document = document(value?)?;
        match self.evaluate(&document)? {
            XPathValue::Boolean(value) => Some(Datum::Bool(value)),
            XPathValue::Number(number) => Some(number_datum(number)),
            XPathValue::String(text) => Some(Datum::owned(text)),
            XPathValue::NodeSet(nodes) => {
                let texts: Vec<String> = nodes.iter().map(|node| string_value(&document, *node)).collect();
                match texts.as_slice() {
                    [] => None,
                    [only] => Some(Datum::owned(only.clone())),
                    _ => Datum::seen(crate::json::data::Data::view(&texts)).map(Datum::into_owned),
                }
            }
        }
    }

    fn evaluate(&self, document: &Document) -> Option<XPathValue> {
        let expression = self.expression.as_ref()?;
        if !budget::allows(&self.text, Size::of(document).steps(expression, 1.0)) {
            return None;
        }
        let mut context = XPathContext::new(document, document.root());
        // Only those that are used, since the engine copies them for every predicate.
        for (prefix, uri) in namespaces(document) {
            if self.text.contains(&format!("{prefix}:")) {
                context.set_namespace(&prefix, &uri);
            }
        }
        context.evaluate(expression).ok()
    }
}

/// Adds predicates that enforce the standard. For the engine, a name without a prefix matches elements in any
/// namespace, and `//book[2]` is the second of all books. In XPath 1.0 such a name has no namespace (section 2.3), and
/// positions count among the children of each parent (section 2.5).
fn strict(expression: Expr) -> Expr {
    let boxed = |inner: Box<Expr>| Box::new(strict(*inner));
    match expression {
        Expr::BinaryOp { op, left, right } => Expr::BinaryOp {
            op,
            left: boxed(left),
            right: boxed(right),
        },
        Expr::UnaryNeg(inner) => Expr::UnaryNeg(boxed(inner)),
        Expr::FunctionCall { name, args } => Expr::FunctionCall {
            name,
            args: args.into_iter().map(strict).collect(),
        },
        Expr::Path { steps } => Expr::Path {
            steps: strict_steps(steps),
        },
        Expr::RootPath { steps } => Expr::RootPath {
            steps: strict_steps(steps),
        },
        Expr::Filter { expr, predicates } => Expr::Filter {
            expr: boxed(expr),
            predicates: predicates.into_iter().map(strict).collect(),
        },
        Expr::FilterPath { expr, steps } => Expr::FilterPath {
            expr: boxed(expr),
            steps: strict_steps(steps),
        },
        Expr::Union(left, right) => Expr::Union(boxed(left), boxed(right)),
        Expr::Number(_) | Expr::String(_) | Expr::Variable(_) => expression,
    }
}

fn strict_steps(steps: Vec<Step>) -> Vec<Step> {
    let mut strict_steps: Vec<Step> = Vec::with_capacity(steps.len());
    for mut step in steps {
        step.predicates = step.predicates.into_iter().map(strict).collect();
        let of_elements = !matches!(step.axis, Axis::Attribute | Axis::Namespace);
        if of_elements && matches!(&step.node_test, NodeTest::Name(name) if !name.contains(':')) {
            step.predicates.insert(0, without_namespace());
        }
        if !step.predicates.is_empty()
            && let Some(previous) = strict_steps.last_mut()
            && previous.axis == Axis::DescendantOrSelf
            && previous.predicates.is_empty()
        {
            previous.predicates.push(call("true", Vec::new()));
        }
        strict_steps.push(step);
    }
    strict_steps
}

fn call(name: &str, args: Vec<Expr>) -> Expr {
    Expr::FunctionCall {
        name: name.to_owned(),
        args,
    }
}

/// Returns the predicate `namespace-uri() = ''`.
fn without_namespace() -> Expr {
    Expr::BinaryOp {
        op: BinaryOp::Eq,
        left: Box::new(call("namespace-uri", Vec::new())),
        right: Box::new(Expr::String(String::new())),
    }
}

/// Returns a number; if JSON cannot represent it, its XPath spelling as a string.
fn number_datum(number: f64) -> Datum<'static> {
    if number == 0.0 {
        Datum::Number("0".into())
    } else if number.is_finite() {
        Datum::Number(number.to_string().into())
    } else {
        Datum::owned(xmloxide::xpath::types::format_xpath_number(number))
    }
}

fn document(value: &Datum<'_>) -> Option<Document> {
    match value {
        Datum::Text(text) => match markup::excess(text) {
            None => Document::parse_str(text).ok(),
            Some(excess) => {
                budget::exceed(|| excess);
                None
            }
        },
        _ => None,
    }
}

/// The size of a document.
#[derive(Clone, Copy, Debug)]
struct Size<'d> {
    document: &'d Document,
    /// Number of elements, attributes, texts and other nodes.
    nodes: f64,
    /// Number of levels.
    depth: f64,
    /// Length of the text in bytes.
    text: f64,
}

impl<'d> Size<'d> {
    #[allow(clippy::cast_precision_loss, reason = "an estimate")]
    fn of(document: &'d Document) -> Self {
        let (mut nodes, mut levels) = (1.0, 1.0_f64);
        let mut left = vec![(document.root(), 1.0)];
        while let Some((node, depth)) = left.pop() {
            nodes += 1.0 + document.attributes(node).len() as f64;
            levels = levels.max(depth);
            left.extend(document.children(node).map(|child| (child, depth + 1.0)));
        }
        Self {
            document,
            nodes,
            depth: levels,
            text: document.text_content(document.root()).len() as f64,
        }
    }

    /// Estimates how many nodes the engine may visit for an expression that is evaluated at `contexts` different nodes.
    fn steps(self, expression: &Expr, contexts: f64) -> f64 {
        match expression {
            Expr::Number(_) | Expr::String(_) | Expr::Variable(_) => contexts,
            Expr::UnaryNeg(inner) => self.steps(inner, contexts),
            Expr::BinaryOp { op, left, right } => {
                let joins = is_path(left) && is_path(right) && !matches!(op, BinaryOp::And | BinaryOp::Or);
                let joined = if joins {
                    self.join(left, right, contexts)
                } else {
                    contexts
                };
                let read = self.read(left, contexts) + self.read(right, contexts);
                self.steps(left, contexts) + self.steps(right, contexts) + joined + read
            }
            Expr::FunctionCall { args, .. } => {
                let arguments = args
                    .iter()
                    .map(|argument| self.steps(argument, contexts) + self.read(argument, contexts));
                contexts + arguments.sum::<f64>()
            }
            Expr::Path { steps } => self.path(contexts, steps),
            Expr::RootPath { steps } => contexts * self.path(1.0, steps),
            Expr::Filter { expr, predicates } => {
                self.steps(expr, contexts) + contexts * self.all(predicates, self.nodes)
            }
            Expr::FilterPath { expr, steps } => self.steps(expr, contexts) + contexts * self.path(self.nodes, steps),
            Expr::Union(left, right) => {
                self.steps(left, contexts) + self.steps(right, contexts) + contexts * self.nodes
            }
        }
    }

    fn all(self, predicates: &[Expr], contexts: f64) -> f64 {
        predicates.iter().map(|predicate| self.steps(predicate, contexts)).sum()
    }

    /// Does the same for the steps of a path. Different nodes have different children, which together are at most all
    /// nodes.
    fn path(self, contexts: f64, steps: &[Step]) -> f64 {
        let (mut from, mut total, mut meets) = (contexts, 0.0, false);
        for step in steps {
            let seen = match step.axis {
                // Each context visits the children of a parent that all contexts may share.
                _ if meets => from.max(contexts) * self.nodes,
                Axis::Self_ | Axis::Parent => from,
                Axis::Child | Axis::Attribute | Axis::Namespace => self.nodes,
                Axis::Ancestor | Axis::AncestorOrSelf => from * self.depth,
                Axis::Descendant | Axis::DescendantOrSelf => self.nodes * from.min(self.depth),
                Axis::Following | Axis::Preceding | Axis::FollowingSibling | Axis::PrecedingSibling => {
                    from * self.nodes
                }
            };
            meets |= contexts > 1.0 && !is_downward(step.axis);
            let (different, times) = (seen.min(self.nodes), (seen / self.nodes).max(1.0));
            total += seen + times * self.all(&step.predicates, different);
            from = different;
        }
        total
    }

    /// Estimates how much text is copied for the string values of a path. Different contexts share text only if the
    /// path goes upwards or starts at the root.
    fn read(self, expression: &Expr, contexts: f64) -> f64 {
        let shared = match expression {
            Expr::Path { steps } => steps.iter().any(|step| !is_downward(step.axis)),
            Expr::RootPath { .. } | Expr::Filter { .. } | Expr::FilterPath { .. } | Expr::Union(..) => true,
            _ => return 0.0,
        };
        // A step takes about as long as copying 16 bytes.
        let times = if shared { contexts } else { self.depth };
        times * self.text / 16.0
    }

    /// Estimates the comparison of two node sets, each node with each.
    fn join(self, left: &Expr, right: &Expr, contexts: f64) -> f64 {
        let (left, right) = (self.width(left), self.width(right));
        contexts * left * right
    }

    /// Returns how many nodes a path selects from one node.
    fn width(self, path: &Expr) -> f64 {
        let Expr::Path { steps } = path else { return self.nodes };
        let widths = steps.iter().map(|step| match (step.axis, &step.node_test) {
            (Axis::Self_ | Axis::Parent, _) | (Axis::Attribute, NodeTest::Name(_)) => 1.0,
            (Axis::Child, NodeTest::Name(name)) => self.most_children(name),
            _ => self.nodes,
        });
        widths.product::<f64>().min(self.nodes)
    }

    /// Returns the maximum number of children with a name in one element.
    fn most_children(self, name: &str) -> f64 {
        let local = name.rsplit(':').next().unwrap_or(name);
        let (mut most, mut left) = (0.0_f64, vec![self.document.root()]);
        while let Some(node) = left.pop() {
            let mut own = 0.0;
            for child in self.document.children(node) {
                own += f64::from(u8::from(self.document.node_name(child) == Some(local)));
                left.push(child);
            }
            most = most.max(own);
        }
        most
    }
}

/// Returns whether different nodes always have different nodes on an axis.
fn is_downward(axis: Axis) -> bool {
    matches!(
        axis,
        Axis::Self_ | Axis::Child | Axis::Attribute | Axis::Namespace | Axis::Descendant | Axis::DescendantOrSelf
    )
}

/// Returns whether an expression selects nodes.
fn is_path(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::Path { .. } | Expr::RootPath { .. } | Expr::Filter { .. } | Expr::FilterPath { .. } | Expr::Union(..)
    )
}

/// Returns the namespaces that the root element declares.
fn namespaces(document: &Document) -> Vec<(String, String)> {
    let root = document.root_element();
    let attributes = root.map(|root| document.attributes(root)).unwrap_or_default();
    attributes
        .iter()
        .filter(|attribute| attribute.prefix.as_deref() == Some("xmlns"))
        .map(|attribute| (attribute.name.clone(), attribute.value.clone()))
        .collect()
}

fn string_value(document: &Document, node: XPathNode) -> String {
    match node {
        XPathNode::Attribute { owner, index } => document
            .attributes(owner)
            .get(index as usize)
            .map(|attribute| attribute.value.clone())
            .unwrap_or_default(),
        XPathNode::Node(id) => match &document.node(id).kind {
            NodeKind::ProcessingInstruction { data, .. } => data.clone().unwrap_or_default(),
            NodeKind::Comment { content } => content.clone(),
            _ => document.text_content(id),
        },
    }
}

impl Replace for XPath {
    fn replaced(&self, payload: &str, value: &Datum<'_>) -> Result<Option<String>, String> {
        if let Some(excess) = markup::excess(payload) {
            return Err(excess);
        }
        let mut document = Document::parse_str(payload).map_err(|error| format!("the payload is not XML: {error}"))?;
        let Some(XPathValue::NodeSet(nodes)) = self.evaluate(&document) else {
            return Ok(None);
        };
        if nodes.is_empty() {
            return Ok(None);
        }
        let text = value.text();
        for node in nodes {
            match node {
                XPathNode::Node(id) => {
                    document.set_text_content(id, &text);
                }
                XPathNode::Attribute { owner, index } => {
                    let attribute = document.attributes(owner).get(index as usize).cloned();
                    if let Some(attribute) = attribute {
                        let name = match &attribute.prefix {
                            Some(prefix) => format!("{prefix}:{}", attribute.name),
                            None => attribute.name.clone(),
                        };
                        document.set_attribute(owner, &name, &text);
                    }
                }
            }
        }
        let written = xmloxide::serial::serialize(&document);
        // Remove an XML declaration that the payload did not have.
        let declared = payload.trim_start().starts_with("<?xml");
        let rest = match written.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
            Some((_, rest)) if !declared => rest.trim_start().to_owned(),
            _ => written,
        };
        Ok(Some(rest.trim_end().to_owned()))
    }

    fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHELF: &str = r#"<s:shelf xmlns:s="urn:shelf" room="2"><s:book id="a">Dune</s:book><s:book id="b">Emma &amp; co</s:book><count>2</count></s:shelf>"#;

    fn select(expression: &str, xml: &str) -> Option<String> {
        let found = XPath::new(expression).select(Some(&Datum::borrowed(xml)));
        found.map(|found| found.to_json())
    }

    #[test]
    fn values_and_nodes_are_selected() {
        for (expression, expected) in [
            ("count(//s:book)", Some("2")),
            ("/s:shelf/@room", Some("\"2\"")),
            ("//count", Some("\"2\"")),
            ("//s:book", Some("[\"Dune\",\"Emma & co\"]")),
            ("//count > 1", Some("true")),
            ("1 div 4", Some("0.25")),
            ("91 div 12", Some("7.583333333333333")),
            ("-1 * 0", Some("0")),
            ("1 div 0", Some("\"Infinity\"")),
            ("/shelf", None),
            ("//*[2]", Some("\"Emma & co\"")),
            ("concat('a', //count)", Some("\"a2\"")),
            ("//missing", None),
            ("//comment()", None),
        ] {
            assert_eq!(select(expression, SHELF).as_deref(), expected, "{expression}");
        }
    }

    #[test]
    fn the_effective_boolean_value_decides() {
        let met = |expression: &str, xml: &str| XPath::new(expression).is_met(Some(&Datum::borrowed(xml)));
        assert!(met("//s:book", SHELF) && met("count(//s:book)", SHELF) && met("'x'", SHELF));
        assert!(!met("//missing", SHELF) && !met("0", SHELF) && !met("''", SHELF));
        assert!(!met("true()", "{}") && !met("true()", "") && !met("true()", "<a>"));
        assert!(!met("((", SHELF) && !XPath::new("true()").is_met(None));
    }

    #[test]
    fn what_compares_everything_with_everything_has_a_budget() {
        let shelf = |books: usize| format!("<shelf>{}</shelf>", "<book id='1'>x</book>".repeat(books));
        let met = |expression: &str, xml: &str| {
            let met = budget::within(|| XPath::new(expression).is_met(Some(&Datum::borrowed(xml))));
            met.map_err(|failure| failure.message)
        };
        for expression in [
            "//book[last()]",
            "count(//book/@id) > 3",
            "/shelf/book[@id = '1']/..",
            "//book[. = 'x']",
            "//shelf[room or book]",
            "//book[@id = @id]",
        ] {
            assert_eq!(met(expression, &shelf(10_000)), Ok(true), "{expression}");
        }
        for expression in [
            "//book/preceding::book",
            "//book[//book = .]",
            "//book = //@id",
            "//*[//*[//*]]",
            "//book[../book/@id = '1']",
        ] {
            assert!(met(expression, &shelf(10_000)).is_err(), "{expression}");
            assert!(met(expression, &shelf(20)).is_ok(), "{expression}");
        }
    }

    #[test]
    fn an_entity_bomb_is_refused() {
        let bomb = r#"<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;&y;&y;&y;&y;"><!ENTITY b "&z;&z;&z;&z;&z;&z;&z;&z;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;">]><a>&f;</a>"#;
        let text = select("string(/a)", bomb);
        assert!(text.is_none_or(|text| text.len() < 100_000));
    }

    #[test]
    fn texts_and_attributes_are_replaced() {
        let replaced = |expression: &str, xml: &str| XPath::new(expression).replaced(xml, &Datum::borrowed("5 < 6"));
        assert_eq!(
            replaced("/a/b", "<a><b>1</b><b/></a>"),
            Ok(Some("<a><b>5 &lt; 6</b><b>5 &lt; 6</b></a>".to_owned()))
        );
        assert_eq!(
            replaced("/a/@x", "<?xml version=\"1.0\"?>\n<a x=\"1\"/>")
                .unwrap()
                .unwrap()
                .replace('\n', ""),
            "<?xml version=\"1.0\"?><a x=\"5 &lt; 6\"/>"
        );
        assert_eq!(replaced("//c", "<a/>"), Ok(None));
        assert!(replaced("//c", "{}").is_err());
    }
}
