use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    tachys::{
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
    },
};
use std::fmt;

/// A type-erased view, a replacement for Leptos' `AnyView` with less code.
///
/// Unlike `AnyView`, it does not support asynchronous hydration, which lazy routes need. A rebuild always
/// replaces the mounted elements.
pub struct ErasedView(Box<dyn ErasedRender + Send>);

/// An [`ErasedView`] in the document.
pub struct MountedView(Box<dyn Mountable>);

/// The object-safe subset of [`RenderHtml`] that an [`ErasedView`] needs.
trait ErasedRender {
    fn build_boxed(self: Box<Self>) -> MountedView;
    fn hydrate_boxed(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> MountedView;
}

impl<V: RenderHtml + 'static> ErasedRender for V {
    fn build_boxed(self: Box<Self>) -> MountedView {
        MountedView(Box::new((*self).build()))
    }

    fn hydrate_boxed(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> MountedView {
        MountedView(Box::new((*self).hydrate::<true>(cursor, position)))
    }
}

impl fmt::Debug for ErasedView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErasedView")
    }
}

impl fmt::Debug for MountedView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MountedView")
    }
}

impl ErasedView {
    pub(super) fn new<V: RenderHtml + 'static>(view: V) -> Self {
        // An empty view would leave no node to insert a later view at.
        const { assert!(V::EXISTS, "an erased view can't be empty") }
        Self(Box::new(view))
    }
}

impl Render for ErasedView {
    type State = MountedView;

    fn build(self) -> MountedView {
        self.0.build_boxed()
    }

    fn rebuild(self, mounted: &mut MountedView) {
        let mut new = self.build();
        mounted.insert_before_this(&mut new);
        mounted.unmount();
        *mounted = new;
    }
}

impl RenderHtml for ErasedView {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    /// Does nothing: only the server writes HTML.
    fn to_html_with_buf(
        self,
        _html: &mut String,
        _position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _attributes: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> MountedView {
        self.0.hydrate_boxed(cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// Ignores attributes: this application passes none into erased views.
impl AddAnyAttr for ErasedView {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _attribute: A) -> Self {
        self
    }
}

impl Mountable for MountedView {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}
