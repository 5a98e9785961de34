//! Runs of any workflow in one table of SQLite.
//!
//! `job-table add order-book '{"bookId": 7}'`, `job-table list`, `job-table resume 1 '{"address": "Long Lane 3"}'`

use arazzo::{AnyRun, AnyWorkflow, Client, Progress};
use rusqlite::{Connection, params};
use serde_json::{Map, Value};

arazzo::arazzo_workflow!("workflows/");

const WORKFLOWS: &[AnyWorkflow] = &[
    AnyWorkflow::of::<order_book::Workflow>(),
    AnyWorkflow::of::<review_book::Workflow>(),
    AnyWorkflow::of::<track_order::Workflow>(),
];

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Stores a new run.
fn add(jobs: &Connection, workflow: &str, inputs: &str) -> Result<String> {
    let known = WORKFLOWS.iter().find(|known| known.id() == workflow);
    let run = known.ok_or("unknown workflow")?.start(&serde_json::from_str(inputs)?)?;
    let run = serde_json::to_string(&run)?;
    jobs.execute("INSERT INTO jobs (run, state) VALUES (?1, 'new')", [run])?;
    Ok(jobs.last_insert_rowid().to_string())
}

/// Sets the inputs that are known now, takes the run as far as it goes, and stores it.
async fn resume(jobs: &Connection, client: &Client, id: &str, inputs: &str) -> Result<String> {
    let stored: String = jobs.query_row("SELECT run FROM jobs WHERE id = ?1", [id], |row| row.get(0))?;
    let mut run = AnyRun::read(&stored, WORKFLOWS)?;
    for (name, value) in serde_json::from_str::<Map<String, Value>>(inputs)? {
        run.set_input(&name, &value)?;
    }
    let state = match run.advance_until_blocked(client).await {
        Ok(Progress::Awaiting(inputs)) => format!("needs {}", inputs.join(", ")),
        Ok(Progress::Wait(time)) => format!("resume in {} s", time.as_secs()),
        Ok(Progress::Done(outputs)) => format!("done: {outputs}"),
        Ok(_) => "running".to_owned(),
        Err(error) => format!("failed: {error}"),
    };
    let change = "UPDATE jobs SET run = ?1, state = ?2 WHERE id = ?3";
    jobs.execute(change, params![serde_json::to_string(&run)?, state, id])?;
    Ok(state)
}

/// Every run: its workflow, the step that is next, and its state.
fn list(jobs: &Connection) -> Result<String> {
    let mut rows = jobs.prepare("SELECT id, run, state FROM jobs ORDER BY id")?;
    let mut lines = Vec::new();
    for row in rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))? {
        let (id, stored, state): (i64, String, String) = row?;
        let run = AnyRun::read(&stored, WORKFLOWS)?;
        let step = run.step().unwrap_or("the end");
        lines.push(format!("{id} {} at {step}: {state}", run.workflow()));
    }
    Ok(lines.join("\n"))
}

#[tokio::main]
async fn main() -> Result<()> {
    let jobs = Connection::open(std::env::var("JOBS").unwrap_or("jobs.sqlite".into()))?;
    jobs.execute_batch("CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY, run TEXT, state TEXT)")?;
    let url = std::env::var("SHOP_URL").unwrap_or("http://127.0.0.1:8081".into());
    let client = Client::builder().source("shop", |shop| shop.base_url(url)).build()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let said = match arguments[..] {
        ["add", workflow, inputs] => add(&jobs, workflow, inputs)?,
        ["resume", id, inputs] => resume(&jobs, &client, id, inputs).await?,
        ["list"] => list(&jobs)?,
        _ => "usage: job-table add WORKFLOW INPUTS | resume ID INPUTS | list".to_owned(),
    };
    println!("{said}");
    Ok(())
}
