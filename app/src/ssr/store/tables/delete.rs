//! Deleting the tables.

use super::{Store, StoreError};

/// What became of a table that was to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// It is gone.
    Now,
    /// There was none.
    Before,
}

impl Store {
    /// Deletes a table with all that is in it, and waits until it is gone.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], also where the service protects it from deletion: see
    /// [`TableDescription`](super::TableDescription).
    pub async fn delete_table(&self, name: &str) -> Result<Deleted, StoreError> {
        match self.client.delete_table().table_name(name).send().await {
            Ok(_) => {}
            Err(error) => {
                let is = error.as_service_error();
                if is.is_some_and(|e| e.is_resource_not_found_exception()) {
                    return Ok(Deleted::Before);
                }
                // One that is being deleted already is in use.
                if !is.is_some_and(|e| e.is_resource_in_use_exception()) {
                    return Err(error.into());
                }
            }
        }
        self.until(name, "does not go", |table| table.is_none())
            .await?;
        Ok(Deleted::Now)
    }
}
