//! The plain handler: an actix server in this program that reads a POST and answers the bytes it
//! was given. It is the ceiling of HTTP and of the generator on this machine.

use std::sync::mpsc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};

use crate::api::{Outcome, bytes_of::Body, told};

/// Threads that answer.
const WORKERS: usize = 2;

/// A running plain server.
pub struct Plain {
    handle: ServerHandle,
    /// Where it answers.
    pub url: String,
}

async fn answer(asked: Body, answer: web::Data<Body>) -> HttpResponse {
    // What is asked is read like everywhere, though it does not matter.
    std::hint::black_box(asked.len());
    HttpResponse::Ok()
        .content_type("application/graphql-response+json")
        .body(answer.get_ref().clone())
}

impl Plain {
    /// Starts one that always answers this.
    pub fn start(bytes: Body) -> Outcome<Self> {
        let (to, started) = mpsc::channel();
        std::thread::spawn(move || {
            let system = actix_web::rt::System::new();
            system.block_on(async move {
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(web::Data::new(bytes.clone()))
                        .route("/graphql", web::post().to(answer))
                });
                let server = server.workers(WORKERS).disable_signals();
                let bound = server.bind(("127.0.0.1", 0)).map_err(told);
                let running = bound.map(|server| (server.addrs(), server.run()));
                match running {
                    Ok((addresses, running)) => {
                        // The caller waits for this.
                        let _ = to.send(Ok((addresses, running.handle())));
                        let _ = running.await;
                    }
                    Err(error) => drop(to.send(Err(error))),
                }
            });
        });
        let (addresses, handle) = started.recv().map_err(told)??;
        let address = addresses.first().ok_or("the plain server has no address")?;
        let url = format!("http://{address}/graphql");
        Ok(Self { handle, url })
    }

    /// Ends it.
    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}
