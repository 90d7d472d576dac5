import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import {
  commandChannel,
  type DesktopBridge,
  type StateMessage,
  stateChannel,
} from '../shared/desktop-bridge.ts';

const bridge: DesktopBridge = {
  platform: process.platform,
  call: (name, input) => ipcRenderer.invoke(commandChannel, name, input),
  subscribe(listener) {
    const hear = (_event: IpcRendererEvent, message: StateMessage) => listener(message);
    ipcRenderer.on(stateChannel, hear);
    ipcRenderer.send(stateChannel);
    return () => void ipcRenderer.off(stateChannel, hear);
  },
};

contextBridge.exposeInMainWorld('gatehouse', bridge);
