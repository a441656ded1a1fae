//! One server over HTTP: every row of the API, the forms and pages of browsers, and odd requests.

mod account;
mod accounts;
mod bodies;
mod corrupt_items;
mod events;
mod forms;
mod guide;
mod health;
mod https;
mod inspector;
mod invitations;
mod lists;
mod moves;
mod odd_requests;
mod openapi;
mod outage;
mod pages;
mod permissions;
mod rate_limits;
mod security;
mod server_functions;
