//! One server over HTTP: every row of the API, the forms and pages of browsers, and odd requests.

mod account;
mod accounts;
mod audit;
mod bodies;
mod connections;
mod corrupt_items;
mod events;
mod forms;
mod guide;
mod health;
mod hostile_names;
mod hosts;
mod https;
mod inspector;
mod invitations;
mod lists;
mod missing;
mod moves;
mod odd_requests;
mod openapi;
mod outage;
mod pages;
mod permissions;
mod rate_limits;
mod security;
mod server_functions;
