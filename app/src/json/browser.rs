//! Reads JSON with the browser's own parser: no second one has to be sent along. What it yields is
//! handed to the types' `Deserialize`, as far as the types of this application need it.

use super::Unreadable;
use js_sys::{Array, JSON, Object};
use leptos::wasm_bindgen::{JsCast, JsValue};
use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess,
        Visitor,
    },
    forward_to_deserialize_any,
};
use std::fmt::Display;

/// Reads JSON.
///
/// # Errors
///
/// [`Unreadable`].
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    T::deserialize(Value(JSON::parse(text).map_err(|_| Unreadable)?))
}

impl Error for Unreadable {
    /// What is wrong is not said: to say it would take more code than to find it.
    fn custom<T: Display>(_message: T) -> Self {
        Self
    }
}

/// A value that the browser has parsed.
struct Value(JsValue);

impl Value {
    fn number(&self) -> Result<u64, Unreadable> {
        match self.0.as_f64() {
            Some(number) if number >= 0.0 => Ok(number as u64),
            _ => Err(Unreadable),
        }
    }

    fn entries(&self) -> Result<Items, Unreadable> {
        let object: &Object = self.0.dyn_ref().ok_or(Unreadable)?;
        Ok(Items::new(Object::entries(object)))
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unreadable)?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u64(self.number()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u64(self.number()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.0.as_string().ok_or(Unreadable)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let array = self.0.dyn_into().map_err(|_| Unreadable)?;
        visitor.visit_seq(Items::new(array))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_map(self.entries()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple
        tuple_struct
    }
}

/// What is in an array, or the entries of an object.
struct Items {
    array: Array,
    next: u32,
    /// Of the entry whose key was read last.
    value: JsValue,
}

impl Items {
    const fn new(array: Array) -> Self {
        Self {
            array,
            next: 0,
            value: JsValue::UNDEFINED,
        }
    }

    fn next(&mut self) -> Option<JsValue> {
        let index = self.next;
        (index < self.array.length()).then(|| {
            self.next += 1;
            self.array.get(index)
        })
    }

    fn next_key(&mut self) -> Option<Value> {
        let entry: Array = self.next()?.unchecked_into();
        self.value = entry.get(1);
        Some(Value(entry.get(0)))
    }
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        self.next()
            .map(|item| seed.deserialize(Value(item)))
            .transpose()
    }
}

impl<'de> MapAccess<'de> for Items {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unreadable> {
        self.next_key().map(|key| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Unreadable> {
        seed.deserialize(Value(self.value.clone()))
    }
}

/// A variant is its name, or an object with the name as its only key.
impl<'de> EnumAccess<'de> for Value {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), Unreadable> {
        let (name, content) = if self.0.is_string() {
            (self, JsValue::UNDEFINED)
        } else {
            let mut entries = self.entries()?;
            (entries.next_key().ok_or(Unreadable)?, entries.value)
        };
        Ok((seed.deserialize(name)?, Self(content)))
    }
}

/// What a variant holds.
impl<'de> VariantAccess<'de> for Value {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, Unreadable> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _len: usize,
        _visitor: V,
    ) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }
}
