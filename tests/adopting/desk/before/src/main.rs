//! Serves the help desk: `DATABASE_URL` and `LISTEN` say what and where.

use std::error::Error;

use sqlx::postgres::PgPoolOptions;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let pool = PgPoolOptions::new().max_connections(10).connect(&std::env::var("DATABASE_URL")?).await?;
    sqlx::migrate!().run(&pool).await?;
    let listener = tokio::net::TcpListener::bind(std::env::var("LISTEN")?).await?;
    println!("serving {}", listener.local_addr()?);
    axum::serve(listener, desk_before::router(pool)).await?;
    Ok(())
}
