//! Enrols Stytch users into TOTP on web pages.
//!
//! ```sh
//! cargo run -p enrolment-web
//! ```
//!
//! Then open the address that it prints. An enrolment is a run of the workflow. The run is stored
//! sealed after each attempt of a step, so a visitor continues at the same page after a restart of
//! the server.
//!
//! | Variable | Meaning |
//! | Variable | Meaning |
//! |---|---|
//! | `STYTCH_PROJECT_ID`, `STYTCH_SECRET` | the credentials; without them, a stand-in for the service is started in this process |
//! | `STYTCH_BASE_URL` | the URL of the service; by default its test environment |
//! | `ENROLMENT_ADDRESS` | the address to listen on; by default `127.0.0.1:3000`; port 0 is any free port |
//! | `ENROLMENT_DATABASE` | the database; by default `enrolment.sqlite` in the current directory |
//! | `ENROLMENT_KEY` | the key that seals the runs, 32 bytes in base64; by default it is in a file next to the database that ends in `.key`, which the first start creates |
//!
//! The stand-in in this process forgets its users when the process ends. To see an enrolment continue
//! after a restart, start the stand-in as a separate process, and restart only `enrolment-web` between
//! two pages:
//!
//! ```sh
//! export STYTCH_PROJECT_ID=project-test STYTCH_SECRET=secret-test STYTCH_BASE_URL=http://127.0.0.1:4000
//! cargo run -p stytch-stand-in -- --port 4000
//! cargo run -p enrolment-web        # in another terminal, with the same variables
//! ```
//!
//! Without a phone, `oathtool --totp --base32 SECRET` shows the code.
//!
//! An enrolment that is not finished is removed a day after its last step: the service accepts no
//! first code after that. A finished enrolment can be viewed for an hour, unless it is closed.
//!
//! # Rolled-back runs
//!
//! A sealed run is bound to its row, and to a counter that each save increments. The counter is in the
//! database too. The cookie of the visitor is `ID.COUNTER`: the secret id of the enrolment, and the
//! counter of the newest state that the browser has seen. A request whose cookie has a larger counter
//! than the stored run is refused with status 500 and a message on stderr, and nothing is sent to the
//! service. The visitor can then only start over.
//!
//! So someone who can write to the database, but has neither the key nor the cookie, cannot change a
//! run, put it into another row, or put back a state that is older than the one the browser has seen.
//! The limits of this:
//!
//! - A counter in the cookie that is smaller than the stored one is accepted, because a response can be
//!   lost on its way and the requests of two tabs can overlap. Until the browser has received a newer
//!   counter, any state since that of its cookie can be put back.
//! - A row that was deleted is unknown, like one that has expired. The time when a row expires is not
//!   authenticated.
//! - The default key file is next to the database. Set `ENROLMENT_KEY` if others can write there.
//! - A database that is restored from a backup is rolled back too: the runs that have changed since are
//!   refused.
//!
//! A database that was created before runs had a counter is not migrated, because its runs cannot be
//! opened: the program reports it and does not start. Delete the file; its runs are a day old at most.

mod app;
mod configuration;
mod cookie;
mod enrolments;
mod gate;
mod id;
mod key;
mod pages;
mod problem;
mod seal;
mod service;
mod store;
mod submission;
mod workflow;

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use arazzo::BoxError;
use tokio::net::TcpListener;

use app::App;
use configuration::Configuration;
use enrolments::{Enrolments, report};
use service::Service;
use store::Store;

/// How often expired enrolments are removed.
const PURGE_INTERVAL: Duration = Duration::from_secs(10 * 60);

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&*error);
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), BoxError> {
    let configuration = Configuration::read()?;
    let database = configuration.database.display();
    let store = Store::open(&configuration.database, &configuration.key)
        .map_err(|error| format!("cannot open the database `{database}`: {error}"))?;
    let service = Service::find()
        .await
        .map_err(|error| format!("cannot start the stand-in: {error}"))?;
    let enrolments = Enrolments::new(service.client()?, store.clone());
    let listener = TcpListener::bind(&configuration.address)
        .await
        .map_err(|error| format!("cannot listen on `{}`: {error}", configuration.address))?;

    let mut out = io::stdout();
    writeln!(out, "http://{}", listener.local_addr()?)?;
    writeln!(
        out,
        "Enrolments are stored in {database}, sealed with the key from {}.",
        configuration.key_source
    )?;
    if service.is_stand_in() {
        writeln!(
            out,
            "STYTCH_PROJECT_ID and STYTCH_SECRET are not set: using a stand-in for the service at {}.\n\
             Without a phone, `oathtool --totp --base32 SECRET` shows the code.",
            service.url
        )?;
    } else {
        writeln!(out, "The service is at {}.", service.url)?;
    }

    tokio::spawn(purge(store));
    let app = App {
        enrolments: enrolments.clone(),
        origin: configuration.origin,
    };
    axum::serve(listener, app::router(app))
        .with_graceful_shutdown(async {
            if let Err(error) = tokio::signal::ctrl_c().await {
                report(&error);
            }
        })
        .await?;
    enrolments.settle().await;
    Ok(())
}

async fn purge(store: Store) {
    let mut interval = tokio::time::interval(PURGE_INTERVAL);
    loop {
        interval.tick().await;
        if let Err(error) = store.purge().await {
            report(&*error);
        }
    }
}
