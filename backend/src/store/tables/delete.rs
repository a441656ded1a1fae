//! Deletion of tables.

use super::{Store, StoreError};

/// The result of the deletion of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableDeletion {
    /// The table was deleted.
    Deleted,
    /// The table did not exist.
    NotFound,
}

impl Store {
    /// Deletes a table with all its items, and waits until it is gone.
    ///
    /// # Errors
    ///
    /// [`StoreError::Rejected`] if the table has deletion protection, see
    /// [`TableDescription::is_protected`](super::TableDescription::is_protected).
    /// [`StoreError::Unavailable`].
    pub async fn delete_table(&self, name: &str) -> Result<TableDeletion, StoreError> {
        match self.client.delete_table().table_name(name).send().await {
            Ok(_) => {}
            Err(error) => {
                let service_error = error.as_service_error();
                if service_error.is_some_and(aws_sdk_dynamodb::operation::delete_table::DeleteTableError::is_resource_not_found_exception) {
                    return Ok(TableDeletion::NotFound);
                }
                // A table that is being deleted already counts as in use.
                if !service_error.is_some_and(aws_sdk_dynamodb::operation::delete_table::DeleteTableError::is_resource_in_use_exception) {
                    return Err(error.into());
                }
            }
        }
        self.wait_until(name, "was not deleted in time", |table| table.is_none())
            .await?;
        Ok(TableDeletion::Deleted)
    }
}
