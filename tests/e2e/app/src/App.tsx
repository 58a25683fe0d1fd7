import { ChatKit, useChatKit } from "@openai/chatkit-react";
import { useEffect } from "react";

import { api } from "./api";
import { actions, recorder, toolCalls } from "./record";

const query = new URLSearchParams(window.location.search);

const handlers = {
  onReady: recorder("onReady"),
  onError: recorder("onError"),
  onEffect: recorder("onEffect"),
  onDeeplink: recorder("onDeeplink"),
  onResponseStart: recorder("onResponseStart"),
  onResponseEnd: recorder("onResponseEnd"),
  onThreadChange: recorder("onThreadChange"),
  onThreadLoadStart: recorder("onThreadLoadStart"),
  onThreadLoadEnd: recorder("onThreadLoadEnd"),
  onToolChange: recorder("onToolChange"),
  onHistoryOpen: recorder("onHistoryOpen"),
  onHistoryClose: recorder("onHistoryClose"),
  onLog: recorder("onLog"),
};

export function App() {
  const { control, ref: _, ...methods } = useChatKit({
    api: api(query),
    theme: "light",
    initialThread: query.get("thread"),
    header: { title: { enabled: true } },
    history: { enabled: true, showDelete: true, showRename: true },
    startScreen: {
      greeting: "Welcome to the shop",
      prompts: [
        { label: "Where is my order?", prompt: "Where is my order?", icon: "search" },
        { label: "Talk to somebody", prompt: [{ type: "input_text", text: "Somebody, please" }], icon: "user" },
      ],
    },
    composer: { placeholder: "Ask the shop", attachments: { enabled: true } },
    threadItemActions: { feedback: true, retry: true },
    onClientTool: async (call) => {
      toolCalls.push(call);
      return call.name === "get_theme" ? { theme: "light" } : {};
    },
    widgets: {
      onAction: async (action, item) => {
        actions.push({ action, item: item.id });
      },
    },
    ...handlers,
  });

  useEffect(() => {
    window.chatkit = methods;
  });

  return (
    <main>
      <ChatKit control={control} className="chat" />
    </main>
  );
}
