'use strict';
const { DoubleEvent, emitterBase, knownOptions, strictClass } = require('../kit/strict.cjs');

const types = ['normal', 'separator', 'submenu', 'checkbox', 'radio'];
const options = [
  'id',
  'label',
  'type',
  'enabled',
  'visible',
  'checked',
  'click',
  'submenu',
  'role',
  'accelerator',
  'registerAccelerator',
  'sublabel',
  'toolTip',
  'icon',
];
const roles = [
  'about',
  'appMenu',
  'close',
  'copy',
  'cut',
  'delete',
  'editMenu',
  'fileMenu',
  'help',
  'hide',
  'hideOthers',
  'minimize',
  'paste',
  'quit',
  'redo',
  'resetZoom',
  'selectAll',
  'services',
  'togglefullscreen',
  'undo',
  'unhide',
  'viewMenu',
  'window',
  'windowMenu',
  'zoom',
  'zoomIn',
  'zoomOut',
];

let commandIds = 0;

class MenuItem {
  constructor(given) {
    knownOptions('MenuItem', given, options);
    if (given.role !== undefined && !roles.includes(given.role)) {
      throw new Error(`The double does not know the menu role '${given.role}'.`);
    }
    this.commandId = ++commandIds;
    this.id = given.id ?? '';
    this.role = given.role;
    this.type = given.type ?? (given.submenu ? 'submenu' : 'normal');
    if (!types.includes(this.type)) throw new Error(`Unknown menu item type: ${this.type}`);
    this.label = given.label ?? given.role ?? '';
    this.sublabel = given.sublabel ?? '';
    this.toolTip = given.toolTip ?? '';
    this.accelerator = given.accelerator;
    this.icon = given.icon;
    this.enabled = given.enabled ?? true;
    this.visible = given.visible ?? true;
    this.checked = given.checked ?? false;
    this.submenu = Array.isArray(given.submenu)
      ? Menu.buildFromTemplate(given.submenu)
      : given.submenu;
    if (this.type === 'submenu' && !this.submenu) {
      throw new Error("Invalid submenu for MenuItem: type 'submenu' needs a submenu");
    }
    const { click } = given;
    // Electron's item has no other way to be pressed from a program either.
    this.click = (event, window, contents) => {
      if (this.type === 'checkbox') this.checked = !this.checked;
      click?.(this, window, event ?? new DoubleEvent(), contents);
    };
  }
}

class Menu extends emitterBase('Menu', { byHand: ['menu-will-show', 'menu-will-close'] }) {
  static #application = null;
  items = [];

  static buildFromTemplate(template) {
    if (!Array.isArray(template)) throw new TypeError('Invalid template for Menu');
    const menu = new Menu();
    for (const item of template) menu.append(item instanceof MenuItem ? item : new MenuItem(item));
    return menu;
  }
  static setApplicationMenu(menu) {
    Menu.#application = menu;
  }
  static getApplicationMenu() {
    return Menu.#application;
  }

  append(item) {
    this.items.push(item);
  }
  insert(at, item) {
    this.items.splice(at, 0, item);
  }
  getMenuItemById(id) {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }
  popup() {}
  closePopup() {}
}

module.exports = { Menu: strictClass('Menu', Menu), MenuItem: strictClass('MenuItem', MenuItem) };
