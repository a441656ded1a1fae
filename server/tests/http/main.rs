//! The whole server over real HTTP: the API row by row, what forms and browsers see, and whatever odd
//! clients send.

mod support;

mod accounts;
mod bodies;
mod events;
mod forms;
mod health;
mod invitations;
mod lists;
mod moves;
mod odd_requests;
mod openapi;
mod pages;
mod rate_limits;
mod security;
mod server_functions;
