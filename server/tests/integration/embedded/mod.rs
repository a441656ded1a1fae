//! The embedded engine.

mod backup;
mod files;
mod items;
mod process;

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement,
        KeyType, Projection, ProjectionType, ScalarAttributeType,
    },
};
use server::database::{self, Database, DatabaseKind, DatabaseOptions};
use std::{collections::HashMap, path::Path};

const TABLE: &str = "Things";
const INDEX: &str = "Owner-Date-index";

fn options(data_dir: &Path) -> DatabaseOptions {
    DatabaseOptions {
        kind: DatabaseKind::Embedded,
        data_dir: data_dir.to_owned(),
        endpoint: None,
        region: None,
        embedded_port: None,
    }
}

async fn open(data_dir: &Path) -> Database {
    database::open(&options(data_dir)).await.unwrap()
}

/// Opens a database with one table. Its items have `Id`, and `Owner` and `Date` for the index.
async fn open_with_table(data_dir: &Path) -> Database {
    let database = open(data_dir).await;
    let attribute = |name: &str| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .unwrap()
    };
    let key = |name: &str, kind: KeyType| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
            .unwrap()
    };
    let index = GlobalSecondaryIndex::builder()
        .index_name(INDEX)
        .key_schema(key("Owner", KeyType::Hash))
        .key_schema(key("Date", KeyType::Range))
        .projection(
            Projection::builder()
                .projection_type(ProjectionType::Include)
                .non_key_attributes("Colour")
                .build(),
        )
        .build()
        .unwrap();
    database
        .client
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("Id"))
        .attribute_definitions(attribute("Owner"))
        .attribute_definitions(attribute("Date"))
        .key_schema(key("Id", KeyType::Hash))
        .global_secondary_indexes(index)
        .send()
        .await
        .unwrap();
    database
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn item<const N: usize>(attributes: [(&str, &str); N]) -> HashMap<String, AttributeValue> {
    attributes
        .into_iter()
        .map(|(name, value)| (name.to_owned(), text(value)))
        .collect()
}

async fn put<const N: usize>(client: &Client, attributes: [(&str, &str); N]) {
    client
        .put_item()
        .table_name(TABLE)
        .set_item(Some(item(attributes)))
        .send()
        .await
        .unwrap();
}

async fn get(client: &Client, id: &str) -> Option<HashMap<String, AttributeValue>> {
    client
        .get_item()
        .table_name(TABLE)
        .key("Id", text(id))
        .consistent_read(true)
        .send()
        .await
        .unwrap()
        .item
}
