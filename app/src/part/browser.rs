use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    tachys::{
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
    },
};

/// A part of a page. It does for this application what Leptos' `AnyView` does for all, with less
/// code: `AnyView` can also be hydrated step by step, for pages that are loaded in pieces, and be
/// changed into another view of the same type. A part that is drawn again replaces what was there.
pub struct Part(Box<dyn Draw + Send>);

/// A [`Part`] in the document.
pub struct DrawnPart(Box<dyn Mountable>);

/// What a page needs of a view of any type.
trait Draw {
    fn draw(self: Box<Self>) -> DrawnPart;
    fn take_over(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> DrawnPart;
}

impl<V: RenderHtml + 'static> Draw for V {
    fn draw(self: Box<Self>) -> DrawnPart {
        DrawnPart(Box::new((*self).build()))
    }

    fn take_over(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> DrawnPart {
        DrawnPart(Box::new((*self).hydrate::<true>(cursor, position)))
    }
}

impl Part {
    pub(super) fn new<V: RenderHtml + 'static>(view: V) -> Self {
        // There would have to be something in its place.
        const { assert!(V::EXISTS, "a part can't be empty") }
        Self(Box::new(view))
    }
}

impl Render for Part {
    type State = DrawnPart;

    fn build(self) -> DrawnPart {
        self.0.draw()
    }

    fn rebuild(self, drawn: &mut DrawnPart) {
        let mut new = self.build();
        drawn.insert_before_this(&mut new);
        drawn.unmount();
        *drawn = new;
    }
}

impl RenderHtml for Part {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    /// Only the server writes HTML.
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
    ) -> DrawnPart {
        self.0.take_over(cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// No attributes are passed into parts.
impl AddAnyAttr for Part {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _attribute: A) -> Self {
        self
    }
}

impl Mountable for DrawnPart {
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
